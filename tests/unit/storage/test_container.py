"""The model file: what goes in comes out, and a file that is not whole is refused."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import deepkmeans
from deepkmeans.exceptions import CheckpointError, ModelFileError
from deepkmeans.storage import FORMAT, container, read_container, write_container
from tests.unit.storage.small_containers import refused, small_tensors, whole_file

DTYPES = [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.bool]
DTYPES += [torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_every_dtype_comes_back_bit_by_bit(tmp_path: Path, dtype: torch.dtype) -> None:
    values = torch.tensor([[0, 1, 2], [3, 100, 7]]).to(dtype)
    given_tensors = {"matrix": values, "scalar": values[1, 0].clone(), "empty": values[:0], "none": values[:, :0]}
    write_container(tmp_path / "a", kind="model", document={}, tensors=given_tensors)
    document, tensors = read_container(tmp_path / "a", kind="model")
    assert document == {}
    assert tensors.keys() == given_tensors.keys()
    for name, tensor in given_tensors.items():
        assert tensors[name].dtype == dtype
        assert tensors[name].shape == tensor.shape
        assert torch.equal(tensors[name], tensor)


def test_nan_payloads_and_signed_zeros_survive(tmp_path: Path) -> None:
    bits = torch.tensor([0x7FC00001, 0xFFC12345 - 2**32, 0x80000000 - 2**32, 0x7F800000], dtype=torch.int32)
    write_container(tmp_path / "a", kind="model", document={}, tensors={"x": bits.view(torch.float32)})
    assert torch.equal(read_container(tmp_path / "a", kind="model")[1]["x"].view(torch.int32), bits)


def test_shared_transposed_sliced_and_attached_tensors(tmp_path: Path) -> None:
    base = torch.nn.Parameter(torch.arange(12.0).reshape(3, 4))
    given_tensors = {"a": base, "tied": base, "t": base.T, "slice": base[1:, ::2], "expanded": base[:1].expand(5, 4)}
    write_container(tmp_path / "a", kind="model", document={}, tensors=given_tensors)
    _, tensors = read_container(tmp_path / "a", kind="model")
    for name, tensor in given_tensors.items():
        assert torch.equal(tensors[name], tensor.detach())
        assert tensors[name].is_contiguous()
    tensors["a"][0, 0] = 99.0
    assert tensors["tied"][0, 0] == 0.0
    assert base.requires_grad


def test_the_bytes_depend_on_the_content_alone(tmp_path: Path) -> None:
    assert small_tensors(tmp_path / "a") == small_tensors(tmp_path / "b")


def test_the_manifest_says_what_wrote_it(tmp_path: Path) -> None:
    data = small_tensors(tmp_path / "a")
    manifest = json.loads(data[43 : 43 + int.from_bytes(data[22:26], "little")])
    assert manifest["format"] == FORMAT == 4
    assert manifest["kind"] == "model"
    assert manifest["versions"]["deepkmeans"] == deepkmeans.__version__
    assert manifest["versions"]["torch"] == torch.__version__.split("+")[0]
    assert manifest["document"] == {"k": 2}


@pytest.mark.parametrize("flip", [0xFF, 0x01, 0x20])
def test_any_changed_byte_is_refused(tmp_path: Path, flip: int) -> None:
    data = small_tensors(tmp_path / "a")
    path = tmp_path / "b"
    for position in range(len(data)):
        path.write_bytes(data[:position] + bytes([data[position] ^ flip]) + data[position + 1 :])
        with pytest.raises(ModelFileError):
            read_container(path, kind="model")


def test_any_truncation_is_refused(tmp_path: Path) -> None:
    data = small_tensors(tmp_path / "a")
    path = tmp_path / "b"
    for length in range(len(data)):
        path.write_bytes(data[:length])
        refused(path)


@pytest.mark.parametrize("extra", [b"\0", b"x" * 100, b"PK\x05\x06" + b"\0" * 18])
def test_bytes_before_after_and_between_are_refused(tmp_path: Path, extra: bytes) -> None:
    data = small_tensors(tmp_path / "a")
    middle = data.index(b"PK\x03\x04", 4)
    for changed in (data + extra, extra + data, data[:middle] + extra + data[middle:]):
        (tmp_path / "b").write_bytes(changed)
        refused(tmp_path / "b")


def test_parts_of_two_files_do_not_mix(tmp_path: Path) -> None:
    one = small_tensors(tmp_path / "a")
    write_container(tmp_path / "b", kind="model", document={"k": 2}, tensors={"c": torch.tensor([[1.0, 3.0]])})
    two = (tmp_path / "b").read_bytes()
    assert len(one) == len(two)
    middle, end = one.index(b"PK\x03\x04", 4), one.index(b"PK\x01\x02")
    for changed in (one[:middle] + two[middle:], two[:middle] + one[middle:], one[:end] + two[end:]):
        (tmp_path / "c").write_bytes(changed)
        refused(tmp_path / "c", "damaged")


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_hypothesis_finds_no_change_that_passes(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.getbasetemp()
    whole = whole_file()
    start = data.draw(st.integers(0, len(whole)))
    stop = data.draw(st.integers(start, min(len(whole), start + 40)))
    changed = whole[:start] + data.draw(st.binary(max_size=40)) + whole[stop:]
    (folder / "changed").write_bytes(changed)
    if changed == whole:
        assert read_container(folder / "changed", kind="model")[0] == {"k": 2}
    else:
        refused(folder / "changed")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_other_files_are_not_ours(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "other"
    path.write_bytes(data)
    refused(path)


def test_missing_folder_empty_and_pipe(tmp_path: Path) -> None:
    refused(tmp_path / "no.dkm", "no such file")
    refused(tmp_path, "it is a folder")
    (tmp_path / "empty").write_bytes(b"")
    refused(tmp_path / "empty", "empty")
    (tmp_path / "text").write_text("hello, this is not a model file at all, just some text")
    refused(tmp_path / "text", "not a deepkmeans file")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        refused(tmp_path / "pipe", "not a regular file")


def test_model_and_checkpoint_are_two_things(tmp_path: Path) -> None:
    small_tensors(tmp_path / "model")
    refused(tmp_path / "model", "it is a model, not a checkpoint", CheckpointError, "checkpoint")
    write_container(tmp_path / "check", kind="checkpoint", document={"epoch": 3}, tensors={})
    refused(tmp_path / "check", "it is a checkpoint, not a model")
    assert read_container(tmp_path / "check", kind="checkpoint") == ({"epoch": 3}, {})


@pytest.mark.parametrize(
    ("version", "readable"), [("0.1.0", True), ("0.1.9", True), ("0.2.0", False), ("1.1.0", False)]
)
def test_a_checkpoint_is_read_by_its_own_minor_version_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, readable: bool
) -> None:
    for kind in ("model", "checkpoint"):
        monkeypatch.setattr(container, "__version__", "0.1.3")
        write_container(tmp_path / kind, kind=kind, document={}, tensors={})  # type: ignore[arg-type]
        monkeypatch.setattr("deepkmeans.storage.manifest.__version__", version)
        if kind == "model" or readable:
            read_container(tmp_path / kind, kind=kind)  # type: ignore[arg-type]
        else:
            refused(tmp_path / kind, "install deepkmeans==0.1.*", CheckpointError, "checkpoint")
