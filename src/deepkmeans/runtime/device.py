"""Where numbers are computed: the one place that turns ``device=`` into a ``torch.device``."""

from __future__ import annotations

import torch

from ..exceptions import InvalidParameterError

__all__ = ["resolve_device"]


def resolve_device(device: str | torch.device = "auto") -> torch.device:
    """Return the device to use: ``"auto"`` is CUDA if usable, else Apple's MPS, else the CPU.

    Raises
    ------
    InvalidParameterError
        If the device is unknown to torch or not present on this machine.
    """
    if isinstance(device, str) and device == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        if torch.backends.mps.is_available():
            return torch.device("mps")
        return torch.device("cpu")
    try:
        resolved = torch.device(device)
    except (RuntimeError, TypeError, ValueError) as error:
        raise InvalidParameterError(
            f"The 'device' parameter must be 'auto', 'cpu', 'cuda', 'cuda:N' or 'mps'. Got {device!r} instead."
        ) from error
    present = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not present.get(resolved.type, False) or (resolved.index or 0) >= max(1, torch.cuda.device_count()):
        raise InvalidParameterError(
            f"The 'device' parameter asks for {device!r}, which this machine does not have; use device='auto' or 'cpu'."
        )
    return resolved
