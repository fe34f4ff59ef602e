"""The steps of a night, and whether a model is due in it."""
