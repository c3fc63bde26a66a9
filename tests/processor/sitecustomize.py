"""Lets a test run see another processor: every Python with this folder on PYTHONPATH reads EMULATED_BFLOAT16.

"fast": the processor seems to have Intel's AMX, and precision="auto" takes bfloat16; "slow": it seems to have none.
The arithmetic is this processor's own. Processes that tests start see the same, as they inherit both variables.
"""

import os
import sys
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

_CPUINFO = Path(__file__).with_name("cpuinfo")


class _Emulation:
    """Changes what ``deepkmeans.runtime.precision`` reads, once it is imported and not before: that loads torch."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name != "deepkmeans.runtime.precision":
            return None
        spec = PathFinder.find_spec(name, path)
        load = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            load(module)
            module.torch.cpu._is_amx_tile_supported = lambda: os.environ["EMULATED_BFLOAT16"] == "fast"
            module._CPUINFO = _CPUINFO

        spec.loader.exec_module = exec_module
        return spec


if "EMULATED_BFLOAT16" in os.environ:
    sys.meta_path.insert(0, _Emulation)
