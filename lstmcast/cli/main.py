"""Placeholder for the entry point until the command line is in place."""


def main() -> None:
    """Do nothing yet."""
