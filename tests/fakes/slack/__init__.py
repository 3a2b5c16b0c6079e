"""A Slack on loopback: a small real server that keeps state, enforces Slack's limits and can be told to fail."""
