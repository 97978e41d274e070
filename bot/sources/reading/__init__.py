"""What readers of several formats share: bytes, texts, titles, times, and entries made sessions."""
