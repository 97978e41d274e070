"""From what was heard to what is shown for it."""
