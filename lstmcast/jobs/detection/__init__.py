"""How values are judged against what was forecast for them."""
