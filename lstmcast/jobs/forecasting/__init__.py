"""A version answers, and its forecast is published."""
