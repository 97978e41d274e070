"""One file or folder for each network."""
