"""How a CSV file is laid out, where nobody has said: its separator, its header, what lies around its table."""
