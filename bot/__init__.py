"""Rampcheck: asks the owners of AI pilots short readiness questions in chat, so that somebody decides."""

__version__ = "0.1.0"
