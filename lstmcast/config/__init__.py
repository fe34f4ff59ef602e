"""The config file: its records, its YAML, and the rules behind `auto`."""
