"""What several jobs share: talk, outputs, fingerprints, fresh data, versions at hand."""
