"""Who is on the network: who is seen, who they are, who is waited for."""
