"""The whole forecaster as one graph for other runtimes: raw values in, quantiles out."""
