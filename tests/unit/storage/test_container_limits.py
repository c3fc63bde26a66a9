"""What a sound file may say is bounded: names that can be shown, and as many tensors as networks have."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from deepkmeans.exceptions import InvalidParameterError, ModelFileError
from deepkmeans.storage import container, read_container, write_container


@pytest.mark.parametrize("name", ["\x1b[31m", "two\nlines", "a" * 1_001])
def test_names_that_cannot_be_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with pytest.raises(InvalidParameterError, match="must be printable and of at most 1,000 characters") as caught:
        write_container(tmp_path / "a", kind="model", document={}, tensors={name: torch.zeros(1)})
    assert str(caught.value).isprintable()
    monkeypatch.setattr(container, "_writable", dict)  # as somebody else would write it
    write_container(tmp_path / "a", kind="model", document={}, tensors={name: torch.zeros(1)})
    with pytest.raises(ModelFileError, match="of a tensor is too long or not printable") as caught_reading:
        read_container(tmp_path / "a", kind="model")
    assert str(caught_reading.value).isprintable()


def test_versions_that_cannot_be_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "_versions", lambda: {"deepkmeans": "9.0\x1b[2J"})
    for kind in ("model", "checkpoint"):
        write_container(tmp_path / kind, kind=kind, document={}, tensors={})  # type: ignore[arg-type]
        with pytest.raises(ModelFileError, match="'versions' is not valid"):
            read_container(tmp_path / kind, kind=kind)  # type: ignore[arg-type]


def test_more_tensors_than_any_network_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tensors = {f"t{number}": torch.zeros(1) for number in range(11)}
    write_container(tmp_path / "a", kind="model", document={}, tensors=tensors)
    monkeypatch.setattr(container, "_MOST_TENSORS", 10)
    monkeypatch.setattr(container, "tensors_from_bytes", lambda _: pytest.fail("tensors were made"))
    with pytest.raises(ModelFileError, match="it has 11 tensors; at most 10 are allowed"):
        read_container(tmp_path / "a", kind="model")
    with pytest.raises(InvalidParameterError, match="holds at most 10 tensors. Got 11 instead"):
        write_container(tmp_path / "b", kind="model", document={}, tensors=tensors)
    assert not (tmp_path / "b").exists()
