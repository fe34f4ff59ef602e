"""Rows get their place on a regular grid of time: sorted, moved, merged, split and filled as the config says."""
