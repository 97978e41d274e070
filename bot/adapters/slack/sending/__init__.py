"""From what is to be said to a message on Slack: at the pace of a workspace, and each once."""
