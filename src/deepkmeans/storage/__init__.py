"""Files: atomic writes, and the one container of models and checkpoints."""

from .atomic import atomic_write, output_error, write_text
from .container import FORMAT, read_container, write_container

__all__ = ["FORMAT", "atomic_write", "output_error", "read_container", "write_container", "write_text"]
