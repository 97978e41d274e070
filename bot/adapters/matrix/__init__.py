"""Speaks on Matrix, in encrypted rooms too."""
