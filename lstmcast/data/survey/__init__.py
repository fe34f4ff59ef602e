"""What a new file seems to hold: for `init` and `check`."""
