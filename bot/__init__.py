"""Rampcheck: asks the owners of AI pilots short readiness questions in chat and makes the answers decide something."""

__version__ = "0.1.0"
