"""How messages go out: how they are written, when, and what becomes of them."""
