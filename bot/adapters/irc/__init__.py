"""IRC: one connection to each network, through the `irc` library as parser and dispatcher."""
