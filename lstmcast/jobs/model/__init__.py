"""From a problem to a forecaster: rehearse, decide, fit, describe."""
