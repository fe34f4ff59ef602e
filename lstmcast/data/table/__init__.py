"""Files become a table of text cells: bytes, layout, lines, numbers."""
