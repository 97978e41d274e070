"""From a server's name to a registered connection: TLS, capabilities, the login."""
