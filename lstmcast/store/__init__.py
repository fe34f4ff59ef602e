"""Model versions on disk: written whole, loaded with suspicion."""
