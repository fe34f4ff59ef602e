"""How a config begins: what `init` proposes and `check` tells."""
