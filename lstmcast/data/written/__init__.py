"""The tables that are written: forecasts, scores, anomalies."""
