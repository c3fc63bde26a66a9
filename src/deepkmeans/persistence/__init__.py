"""Models as files: ``save`` and ``load``."""

from .model_file import load, save

__all__ = ["load", "save"]
