"""CSV files become a `Panel`, and a `Panel` becomes windows."""
