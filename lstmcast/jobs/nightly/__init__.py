"""The steps of a night: due, gate, answer, publish, score, tell."""
