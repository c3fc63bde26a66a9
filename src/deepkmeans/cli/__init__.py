"""The command ``deepkmeans``: one file a verb, data to stdout, talk to stderr."""

from .main import main

__all__ = ["main"]
