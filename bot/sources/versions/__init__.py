"""Two versions of a schedule: which session is which, what is new, and what is gone."""
