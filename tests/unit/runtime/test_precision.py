"""Which arithmetic a fit gets, on processors of every kind."""

import pytest
import torch

from deepkmeans.exceptions import InvalidParameterError
from deepkmeans.runtime import has_fast_bfloat16, precision, resolve_precision

CPU = torch.device("cpu")
WIDE, NARROW = torch.nn.Linear(128, 128), torch.nn.Linear(128, 127)


@pytest.fixture
def processor(monkeypatch, tmp_path):
    """Make this machine's processor look like another."""

    def pretend(*, amx: bool, level: int | None, cap: str = "") -> None:
        monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx, raising=False)
        cpuinfo = tmp_path / "cpuinfo"
        cpuinfo.write_text("" if level is None else f"processor\t: 0\ncpuid level\t: {level}\nflags\t\t: fpu\n")
        monkeypatch.setattr(precision, "_CPUINFO", cpuinfo)
        monkeypatch.delenv("DNNL_MAX_CPU_ISA", raising=False)
        monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", cap)

    return pretend


@pytest.mark.parametrize(
    ("amx", "level", "cap", "fast"),
    [
        (True, 0x20, "", True),
        (True, 0x1D, "", True),
        (True, 0x1C, "", False),  # a virtual machine that hides the leaf
        (True, None, "", False),
        (True, 0x20, "AVX512_CORE_BF16", False),
        (False, 0x20, "", False),  # AVX512-BF16 alone
    ],
)
def test_auto_takes_bfloat16_only_with_matrix_units_and_wide_layers(processor, amx, level, cap, fast):
    processor(amx=amx, level=level, cap=cap)
    assert has_fast_bfloat16(CPU) == fast
    assert resolve_precision("auto", CPU, WIDE) == (torch.bfloat16 if fast else torch.float32)
    assert resolve_precision("auto", CPU, NARROW) == torch.float32


def test_an_older_torch_without_the_question_and_a_system_without_the_file_get_float32(processor, monkeypatch):
    processor(amx=True, level=0x20)
    monkeypatch.setattr(precision, "_CPUINFO", precision._CPUINFO.with_name("missing"))
    assert resolve_precision("auto", CPU, WIDE) == torch.float32
    processor(amx=True, level=0x20)
    monkeypatch.delattr(torch.cpu, "_is_amx_tile_supported")
    assert resolve_precision("auto", CPU, WIDE) == torch.float32


def test_bfloat16_by_name_is_refused_in_words_where_it_would_end_the_process(processor):
    processor(amx=True, level=0x1C)
    with pytest.raises(InvalidParameterError, match=r"precision='bfloat16'.*expected 'float32' or 'auto'"):
        resolve_precision("bfloat16", CPU, WIDE)
    assert resolve_precision("float32", CPU, WIDE) == torch.float32
    processor(amx=True, level=0x1C, cap="AVX512_CORE_BF16")
    assert resolve_precision("bfloat16", CPU, WIDE) == torch.bfloat16
    processor(amx=False, level=0x1C)
    assert resolve_precision("bfloat16", CPU, WIDE) == torch.bfloat16
