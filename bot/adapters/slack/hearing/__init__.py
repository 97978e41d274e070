"""What people say, type and press on Slack, as it arrives, and how it is acknowledged."""
