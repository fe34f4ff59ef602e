"""Pictures; the only part that knows matplotlib."""
