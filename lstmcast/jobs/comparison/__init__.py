"""What a comparison of cells measures and says."""
