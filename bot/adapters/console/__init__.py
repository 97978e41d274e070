"""The terminal as a network of one user."""
