"""What an explanation measures, says and draws."""
