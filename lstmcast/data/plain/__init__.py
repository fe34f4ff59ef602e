"""Plain CSV files, however large, become numbers at once: whole arrays of bytes at a time, no cell on its own."""
