"""The forecaster in NumPy alone: its sizes, its equations, its calibration."""
