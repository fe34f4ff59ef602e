"""Forecast time series from CSV files with an LSTM that can be scheduled and trusted."""

__version__ = "0.1.0"
