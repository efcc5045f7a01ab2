"""Which submissions have unusually much in common."""
