"""Which arithmetic the network trains in.

bfloat16 is chosen by what the processor *is*, never by a stop-watch: a timing on a busy machine would
make two runs of one seed differ. Measured with two cores, batch 256, network 784-500-500-2000-10 and back:
on one server 33 ms a step in float32 and 11 ms in bfloat16, a gain that only matrix units (Intel's AMX) explain;
on another, limited to AVX512-BF16, 43 ms in float32 and 57 ms in bfloat16, so vector instructions are not enough.
Some virtual machines announce AMX and hide the CPUID leaf with its geometry: PyTorch then uses AMX, and every product
raises "could not create a primitive" or ends the process by an illegal instruction, so the leaf is checked first.
"""

from __future__ import annotations

import os
import re
from contextlib import AbstractContextManager
from pathlib import Path

import torch

from ..exceptions import InvalidParameterError

__all__ = ["autocast", "has_fast_bfloat16", "resolve_precision"]

#: Layers narrower than this gain nothing from bfloat16: the casts cost what the products save.
_WIDE_ENOUGH = 128
#: The CPUID leaf that describes AMX's tiles.
_TILE_LEAF = 0x1D
_CPUINFO = Path("/proc/cpuinfo")


def has_fast_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 matrices in units made for it."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return device.type == "cpu" and _announces_amx() and _cpuid_level() >= _TILE_LEAF and not _is_capped()


def _announces_amx() -> bool:
    return bool(getattr(torch.cpu, "_is_amx_tile_supported", lambda: False)())


def _cpuid_level() -> int:
    """The last leaf of CPUID, as Linux prints it; 0 where that cannot be read, and AMX is then not relied on."""
    try:
        text = _CPUINFO.read_text(errors="replace")
    except OSError:
        return 0
    match = re.search(r"^cpuid level\s*:\s*(\d+)", text, re.MULTILINE)
    return int(match[1]) if match else 0


def _is_capped() -> bool:
    """Whether the user limits oneDNN, which multiplies for PyTorch, to fewer instructions."""
    return any(os.environ.get(name) for name in ("ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"))


def resolve_precision(precision: str, device: torch.device, network: torch.nn.Module) -> torch.dtype:
    """``"auto"``: bfloat16 where it is fast and some weight matrix has both sides >= 128, else float32."""
    if precision == "auto":
        wide = any(p.dim() >= 2 and min(p.shape[0], p.shape[1:].numel()) >= _WIDE_ENOUGH for p in network.parameters())
        return torch.bfloat16 if wide and has_fast_bfloat16(device) else torch.float32
    hidden = device.type == "cpu" and _announces_amx() and 0 < _cpuid_level() < _TILE_LEAF
    if precision == "bfloat16" and hidden and not _is_capped():
        raise InvalidParameterError(
            "precision='bfloat16': this processor announces AMX, but its virtual machine hides what PyTorch needs to "
            "use it, and bfloat16 products would end the process; expected 'float32' or 'auto' here. (Setting the "
            "environment variable ONEDNN_MAX_CPU_ISA=AVX512_CORE_BF16 before Python starts makes them work, slowly.)"
        )
    return {"float32": torch.float32, "bfloat16": torch.bfloat16}[precision]


def autocast(device: torch.device, dtype: torch.dtype) -> AbstractContextManager[None]:
    """Mixed precision for the network; weights, losses and clustering stay float32."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=dtype == torch.bfloat16)
