"""Texts become places on a regular grid of time, and go back to texts."""
