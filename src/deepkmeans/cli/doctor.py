"""``deepkmeans doctor``: what this machine offers, the text to paste in a report of a problem."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import tempfile
from pathlib import Path
from typing import Any

from .. import __version__
from ..data.memory_limit import free_memory
from .console import Console
from .options import DebugOption, JsonOption, QuietOption

__all__ = ["doctor", "versions"]

_REQUIRED = ("torch", "numpy", "scipy", "scikit-learn", "pandas", "safetensors", "typer", "narwhals")
_OPTIONAL = {
    "pillow": "pictures", "pyarrow": ".parquet files", "polars": "polars frames", "matplotlib": "plots",
    "keras": "Keras networks", "optuna": "searches",
}  # fmt: skip


def doctor(json: JsonOption = False, quiet: QuietOption = False, debug: DebugOption = False) -> None:
    """Show versions, devices, memory, disk and optional packages.

    \b
    Examples:
      deepkmeans doctor
      deepkmeans doctor --json
    """
    import torch

    from ..runtime import has_fast_bfloat16, resolve_device, usable_cpus

    device = resolve_device("auto")
    memory, folder = free_memory(), Path.cwd()
    document: dict[str, Any] = {
        "deepkmeans": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "versions": versions(),
        "optional": {name: _version(name) for name in _OPTIONAL},
        "device": str(device),
        "gpu": torch.cuda.get_device_name(device) if device.type == "cuda" else None,
        "cpus": usable_cpus(),
        "threads": torch.get_num_threads(),
        "fast_bfloat16": has_fast_bfloat16(device),
        "free_memory": memory,
        "folder": str(folder),
        "free_disk": shutil.disk_usage(folder).free,
        "folder_is_writable": _is_writable(folder),
    }
    lines = [
        f"deepkmeans {__version__}, Python {document['python']}, {document['platform']}",
        "needs       " + ", ".join(f"{name} {version or 'MISSING'}" for name, version in versions().items()),
        "optional    "
        + ", ".join(f"{name} {version or f'not installed ({_OPTIONAL[name]})'}" for name, version in
                    document["optional"].items()),
        f"device      {device}" + (f" ({document['gpu']})" if document["gpu"] else ""),
        f"processor   {document['cpus']} usable, {document['threads']} torch threads, "
        f"{'bfloat16' if document['fast_bfloat16'] else 'float32'} for wide layers",
        f"memory      {'unknown' if memory is None else f'{memory / 2**30:.1f} GiB'} free",
        f"disk        {document['free_disk'] / 2**30:.1f} GiB free in {folder}, "
        f"{'writable' if document['folder_is_writable'] else 'NOT writable'}",
    ]  # fmt: skip
    Console(json=json, quiet=quiet).result(document, lines)


def versions() -> dict[str, str | None]:
    """Versions of what results depend on, without importing any of it."""
    return {"deepkmeans": __version__, "python": platform.python_version(),
            **{name: _version(name) for name in _REQUIRED}}  # fmt: skip


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def _is_writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
