"""The workspaces that the app is installed in, and how each is spoken to."""
