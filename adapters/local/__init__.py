"""The local chat: a platform of our own, one page in a browser on the same machine."""
