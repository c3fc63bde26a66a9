"""Which arithmetic the network trains in.

bfloat16 is chosen by what the processor *is*, never by a stop-watch: a timing on a busy machine would
make two runs of one seed differ. Measured on an AVX512-BF16 machine with two cores (batch 256, network
784-500-500-2000-10 and back): 33 ms a step in float32, 11 ms in bfloat16; products alone run 4.6 times
faster. Without native instructions bfloat16 is emulated and slower, so float32 stays.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

import torch

__all__ = ["autocast", "has_native_bfloat16", "resolve_precision"]

#: Layers narrower than this gain nothing from bfloat16: the casts cost what the products save.
_WIDE_ENOUGH = 128


def has_native_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 matrices natively."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type != "cpu":
        return False
    flags = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(bool(getattr(torch.cpu, flag, lambda: False)()) for flag in flags)


def resolve_precision(precision: str, device: torch.device, network: torch.nn.Module) -> torch.dtype:
    """``"auto"``: bfloat16 where it is native and some weight matrix has both sides >= 128, else float32."""
    if precision == "auto":
        wide = any(p.dim() >= 2 and min(p.shape[0], p.shape[1:].numel()) >= _WIDE_ENOUGH for p in network.parameters())
        return torch.bfloat16 if wide and has_native_bfloat16(device) else torch.float32
    return {"float32": torch.float32, "bfloat16": torch.bfloat16}[precision]


def autocast(device: torch.device, dtype: torch.dtype) -> AbstractContextManager[None]:
    """Mixed precision for the network; weights, losses and clustering stay float32."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=dtype == torch.bfloat16)
