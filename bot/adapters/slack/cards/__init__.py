"""What people see on Slack: replies as Block Kit and as text, the Home tab, modals. Pure functions
that import nothing of the libraries that speak Slack."""
