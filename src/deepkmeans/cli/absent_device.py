"""Refuse devices that the installed PyTorch cannot have without loading it, which takes seconds."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

from ..exceptions import InvalidParameterError

__all__ = ["check_device"]


def check_device(device: str) -> None:
    """Refuse a device for which the installed PyTorch is not built; if that is uncertain, accept it.

    Raises
    ------
    InvalidParameterError
    """
    kind = device.partition(":")[0]
    if (kind == "mps" and sys.platform != "darwin") or (kind == "cuda" and (_build() or {}).get("cuda") is False):
        version = (_build() or {}).get("version")
        raise InvalidParameterError(
            f"--device asks for {device!r}, for which this PyTorch{f' ({version})' if version else ''} is not built; "
            "use --device auto or cpu"
        )


def _build() -> dict[str, str | bool] | None:
    """Version of PyTorch, and whether it has CUDA or AMD's equivalent, from the file that its build wrote."""
    try:
        spec = importlib.util.find_spec("torch")
        if spec is None or spec.origin is None:
            return None
        text = Path(spec.origin).with_name("version.py").read_text(encoding="utf-8")
    except (ImportError, OSError, ValueError):
        return None
    stated = {name: re.search(rf"^{name}\b[^=\n]*=\s*(.*?)\s*$", text, re.MULTILINE) for name in ("cuda", "hip")}
    version = re.search(r"^__version__\s*=\s*['\"]([^'\"]+)['\"]", text, re.MULTILINE)
    build: dict[str, str | bool] = {"version": version[1]} if version else {}
    if all(stated.values()):
        build["cuda"] = any(value is not None and value[1] != "None" for value in stated.values())
    return build
