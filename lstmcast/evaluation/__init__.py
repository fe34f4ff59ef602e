"""Scores, baselines and rolling origins; knows no Keras."""
