"""Files and folders: atomic writes, folders replaced as a whole, and the one container of models and checkpoints.

The container needs torch, so its names load on first use (PEP 562): whoever checks an output does not wait for torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import lazy_names
from .atomic import atomic_write, check_writable, exists_error, output_error, remove_temporaries, write_text
from .file_paths import file_path
from .folder_lock import FolderLock
from .folder_swap import commit_folder, discard_stage, needs_recovery, new_stage, recover_folder
from .json_text import json_text
from .manifest import FORMAT, read_document

if TYPE_CHECKING:
    from .container import read_container, read_with_format, write_container

__all__ = [
    "FORMAT",
    "FolderLock",
    "atomic_write",
    "check_writable",
    "commit_folder",
    "discard_stage",
    "exists_error",
    "file_path",
    "json_text",
    "needs_recovery",
    "new_stage",
    "output_error",
    "read_container",
    "read_document",
    "read_with_format",
    "recover_folder",
    "remove_temporaries",
    "write_container",
    "write_text",
]

_OF_CONTAINER = ("read_container", "read_with_format", "write_container")
__getattr__ = lazy_names(__name__, dict.fromkeys(_OF_CONTAINER, ".container"))
