"""The model file: what goes in comes out, and a file that is not exactly as written is refused in one line."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import deepkmeans
from deepkmeans.exceptions import CheckpointError, InvalidParameterError, ModelFileError, OutputError
from deepkmeans.storage import FORMAT, container, read_container, write_container
from deepkmeans.storage.archive import MANIFEST, TENSORS, Entry, frame
from tests.subprocesses import environment

DTYPES = [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.bool]
DTYPES += [torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8]


def _small(path: Path) -> bytes:
    write_container(path, kind="model", document={"k": 2}, tensors={"c": torch.tensor([[1.0, 2.0]])})
    return path.read_bytes()


@functools.cache
def _whole() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return _small(Path(folder) / "whole")


def _forge(
    path: Path, change: Callable[[dict[str, Any]], object] = lambda _: None, payload: bytes | None = None
) -> None:
    """A file whose checksums all hold, as somebody with this source could write it."""
    data = _whole()
    entry_size = int.from_bytes(data[22:26], "little")
    start = 30 + len(MANIFEST)
    manifest = json.loads(data[start : start + entry_size])
    if payload is None:
        offset = start + entry_size + 30 + len(TENSORS)
        payload = data[offset : offset + manifest["parts"][TENSORS]["bytes"]]
    manifest["parts"][TENSORS] = {"bytes": len(payload), "sha256": hashlib.sha256(payload).hexdigest()}
    changed = change(manifest)
    text = changed if isinstance(changed, bytes) else json.dumps(manifest).encode()
    head, tail = frame(text, Entry(TENSORS, len(payload), zlib.crc32(payload)))
    path.write_bytes(head + payload + tail)


def _refused(path: Path, words: str = "", error: type[Exception] = ModelFileError, kind: Any = "model") -> None:
    with pytest.raises(error) as caught:
        read_container(path, kind=kind)
    message = str(caught.value)
    assert type(caught.value) is error
    assert words in message
    assert message.startswith(str(path))
    assert "\n" not in message
    assert len(message) < 600 + len(str(path))


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
    assert _small(tmp_path / "a") == _small(tmp_path / "b")


def test_the_manifest_says_what_wrote_it(tmp_path: Path) -> None:
    data = _small(tmp_path / "a")
    manifest = json.loads(data[43 : 43 + int.from_bytes(data[22:26], "little")])
    assert manifest["format"] == FORMAT == 1
    assert manifest["kind"] == "model"
    assert manifest["versions"]["deepkmeans"] == deepkmeans.__version__
    assert manifest["versions"]["torch"] == torch.__version__.split("+")[0]
    assert manifest["document"] == {"k": 2}


@pytest.mark.parametrize("flip", [0xFF, 0x01, 0x20])
def test_any_changed_byte_is_refused(tmp_path: Path, flip: int) -> None:
    data = _small(tmp_path / "a")
    path = tmp_path / "b"
    for position in range(len(data)):
        path.write_bytes(data[:position] + bytes([data[position] ^ flip]) + data[position + 1 :])
        with pytest.raises(ModelFileError):
            read_container(path, kind="model")


def test_any_truncation_is_refused(tmp_path: Path) -> None:
    data = _small(tmp_path / "a")
    path = tmp_path / "b"
    for length in range(len(data)):
        path.write_bytes(data[:length])
        _refused(path)


@pytest.mark.parametrize("extra", [b"\0", b"x" * 100, b"PK\x05\x06" + b"\0" * 18])
def test_bytes_before_after_and_between_are_refused(tmp_path: Path, extra: bytes) -> None:
    data = _small(tmp_path / "a")
    middle = data.index(b"PK\x03\x04", 4)
    for changed in (data + extra, extra + data, data[:middle] + extra + data[middle:]):
        (tmp_path / "b").write_bytes(changed)
        _refused(tmp_path / "b")


def test_parts_of_two_files_do_not_mix(tmp_path: Path) -> None:
    one = _small(tmp_path / "a")
    write_container(tmp_path / "b", kind="model", document={"k": 2}, tensors={"c": torch.tensor([[1.0, 3.0]])})
    two = (tmp_path / "b").read_bytes()
    assert len(one) == len(two)
    middle, end = one.index(b"PK\x03\x04", 4), one.index(b"PK\x01\x02")
    for changed in (one[:middle] + two[middle:], two[:middle] + one[middle:], one[:end] + two[end:]):
        (tmp_path / "c").write_bytes(changed)
        _refused(tmp_path / "c", "damaged")


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_hypothesis_finds_no_change_that_passes(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.getbasetemp()
    whole = _whole()
    start = data.draw(st.integers(0, len(whole)))
    stop = data.draw(st.integers(start, min(len(whole), start + 40)))
    changed = whole[:start] + data.draw(st.binary(max_size=40)) + whole[stop:]
    (folder / "changed").write_bytes(changed)
    if changed == whole:
        assert read_container(folder / "changed", kind="model")[0] == {"k": 2}
    else:
        _refused(folder / "changed")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_other_files_are_not_ours(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "other"
    path.write_bytes(data)
    _refused(path)


def test_missing_folder_empty_and_pipe(tmp_path: Path) -> None:
    _refused(tmp_path / "no.dkm", "no such file")
    _refused(tmp_path, "it is a folder")
    (tmp_path / "empty").write_bytes(b"")
    _refused(tmp_path / "empty", "empty")
    (tmp_path / "text").write_text("hello, this is not a model file at all, just some text")
    _refused(tmp_path / "text", "not a deepkmeans file")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        _refused(tmp_path / "pipe", "not a regular file")


def test_newer_format_names_it_and_the_cure(tmp_path: Path) -> None:
    def newer(manifest: dict[str, Any]) -> None:
        manifest["format"] = 7
        manifest["versions"]["deepkmeans"] = "3.2.1"
        manifest["something"] = "this version has never heard of"

    _forge(tmp_path / "a", newer)
    _refused(tmp_path / "a", "format 7 by deepkmeans 3.2.1")
    _refused(tmp_path / "a", "pip install --upgrade deepkmeans")
    # The rest of a newer file may look like anything.
    (tmp_path / "a").write_bytes((tmp_path / "a").read_bytes() + b"more")
    _refused(tmp_path / "a", "format 7")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda m: m.update(code="import os"), "unknown key 'code'"),
        (lambda m: m.pop("kind"), "lacks 'kind'"),
        (lambda m: m.update(kind="pickle"), "'kind' is neither"),
        (lambda m: m.update(kind=["model"]), "'kind' is neither"),
        (lambda m: m.update(format=True), "no format number"),
        (lambda m: m.update(format=1.0), "no format number"),
        (lambda m: m.update(format=0), "no format number"),
        (lambda m: m.update(document=[1]), "'document' is not an object"),
        (lambda m: m.update(versions="1"), "'versions' is not valid"),
        (lambda m: m["versions"].update(numpy=3), "'versions' is not valid"),
        (lambda m: m["versions"].pop("deepkmeans"), "'versions' is not valid"),
        (lambda m: m["parts"].update({"evil.py": {}}), "unknown key 'evil.py'"),
        (lambda m: m["parts"][TENSORS].update(path="/etc/passwd"), "unknown key 'path'"),
        (lambda m: m["parts"][TENSORS].update(bytes=-1), "'bytes' is not a size"),
        (lambda m: m["parts"][TENSORS].update(bytes=2**63), "'bytes' is not a size"),
        (lambda m: m["parts"][TENSORS].update(bytes=2**50), "shorter"),
        (lambda m: m["parts"][TENSORS].update(sha256="0" * 64), "checksum"),
        (lambda m: m["parts"][TENSORS].update(sha256="0" * 63), "'sha256' is not a digest"),
        (lambda m: json.dumps(m).replace('"format"', '"format": 1, "format"', 1).encode(), "occurs twice"),
        (lambda m: json.dumps(m).replace('{"k": 2}', '{"k": NaN}').encode(), "NaN"),
        (lambda m: json.dumps(m).replace('{"k": 2}', "[" * 10**6).encode(), "nested deeper"),
        (lambda m: b"[]", "not a JSON object"),
        (lambda m: b"\xff\xfe", "not JSON"),
    ],
)
def test_forged_manifests_are_refused(tmp_path: Path, change: Callable[[dict[str, Any]], object], words: str) -> None:
    _forge(tmp_path / "a", change)
    _refused(tmp_path / "a", words)


def _tensors_part(header: object, data: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\x01",
        b"\xff" * 8,
        b"\xff" * 64,
        _tensors_part(b"not json"),
        _tensors_part([]),
        _tensors_part({"__metadata__": {"a": "b"}}),
        _tensors_part({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8], "code": "x"}}, b"\0" * 8),
        _tensors_part({"a": {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}}, b"\0" * 8),
        _tensors_part({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 16]}}, b"\0" * 8),
        _tensors_part({"a": {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}}, b"\0" * 8),
        _tensors_part({"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}, b"\0" * 12),
        _tensors_part({"a": {"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]}}, b"\0" * 8),
        _tensors_part({"a": {"dtype": "F32", "shape": [2**62, 8], "data_offsets": [0, 0]}}),
        _tensors_part({"a": {"dtype": "F32", "shape": [2**40, 2**40, 0], "data_offsets": [0, 0]}}),
        _tensors_part({"a": {"dtype": "O", "shape": [1], "data_offsets": [0, 8]}}, b"\0" * 8),
        _tensors_part({"a": {"dtype": "F4", "shape": [16], "data_offsets": [0, 8]}}, b"\0" * 8),
        _tensors_part({"a": {"dtype": "C64", "shape": [1], "data_offsets": [0, 8]}}, b"\0" * 8),
        _tensors_part({"a": {"dtype": "U64", "shape": [1], "data_offsets": [0, 8]}}, b"\0" * 8),
        _tensors_part({"a": {"dtype": "F32", "shape": [1], "data_offsets": "x"}}, b"\0" * 8),
        _tensors_part({"a": None}),
        _tensors_part(
            {
                "a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
                "b": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
            },
            b"\0" * 8,
        ),
    ],
)
def test_forged_tensors_are_refused(tmp_path: Path, payload: bytes) -> None:
    _forge(tmp_path / "a", payload=payload)
    _refused(tmp_path / "a", TENSORS)
    if any(name in payload for name in (b'"O"', b'"F4"', b'"C64"', b'"U64"')):
        _refused(tmp_path / "a", "which format 1 does not know")


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_forged_tensors_never_end_in_another_error(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    sides = st.integers(-2, 2**64) | st.integers(0, 4)
    header = data.draw(
        st.dictionaries(
            st.text(max_size=3),
            st.fixed_dictionaries(
                {
                    "dtype": st.sampled_from(["F32", "BF16", "I64", "BOOL", "U8", "F8_E4M3", "F64", "", "x"]),
                    "shape": st.lists(sides, max_size=4),
                    "data_offsets": st.lists(sides, max_size=3),
                }
            ),
            max_size=3,
        )
    )
    path = tmp_path_factory.getbasetemp() / "forged"
    _forge(path, payload=_tensors_part(header, data.draw(st.binary(max_size=32))))
    with contextlib.suppress(ModelFileError):
        read_container(path, kind="model")


def test_model_and_checkpoint_are_two_things(tmp_path: Path) -> None:
    _small(tmp_path / "model")
    _refused(tmp_path / "model", "it is a model, not a checkpoint", CheckpointError, "checkpoint")
    write_container(tmp_path / "check", kind="checkpoint", document={"epoch": 3}, tensors={})
    _refused(tmp_path / "check", "it is a checkpoint, not a model")
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
            _refused(tmp_path / kind, "install deepkmeans==0.1.*", CheckpointError, "checkpoint")


@pytest.mark.parametrize(
    ("document", "tensors", "words"),
    [
        ({"a": {1, 2}}, {}, "document['a'] is a set"),
        ({}, {"c": torch.zeros(2, dtype=torch.complex64)}, "'c'"),
        ({}, {"s": torch.eye(2).to_sparse()}, "'s'"),
        ({}, {"n": [1.0]}, "'n'"),
        ({}, {"": torch.zeros(1)}, "''"),
        ({}, {"__metadata__": torch.zeros(1)}, "'__metadata__'"),
    ],
)
def test_what_cannot_be_written_is_named_and_nothing_is_written(
    tmp_path: Path, document: dict[str, Any], tensors: dict[str, Any], words: str
) -> None:
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(InvalidParameterError) as caught:
        write_container(tmp_path / "a", kind="model", document=document, tensors=tensors)
    assert words in str(caught.value)
    assert (tmp_path / "a").read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_full_disk_states_the_size_of_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("deepkmeans.storage.atomic.os.fsync", full)
    with pytest.raises(OutputError, match=r"needs 4,00\d,\d\d\d bytes"):
        write_container(tmp_path / "a", kind="model", document={}, tensors={"x": torch.zeros(1000, 1000)})
    assert list(tmp_path.iterdir()) == []


def test_reading_takes_at_most_about_twice_the_file(tmp_path: Path) -> None:
    write_container(tmp_path / "a", kind="model", document={}, tensors={"x": torch.zeros(2_000_000)})
    size = (tmp_path / "a").stat().st_size
    tracemalloc.start()
    _, tensors = read_container(tmp_path / "a", kind="model")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert tensors["x"].shape == (2_000_000,)
    assert peak < 2.2 * size


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_killed_writer_leaves_a_readable_file(tmp_path: Path) -> None:
    # One process imports the package and forks the writers, as an import takes longer than all the kills.
    code = """
import os, random, signal, sys, time, warnings
import torch
from deepkmeans.storage import read_container, write_container
warnings.simplefilter("ignore")
draw, seen = random.Random(1), set()
path = sys.argv[1]
write_container(path, kind="checkpoint", document={"n": -1}, tensors={"x": torch.full((50_000,), -1.0)})
parent = os.getpid()
for attempt in range(20):
    before = os.stat(path).st_mtime_ns
    child = os.fork()
    if child == 0:
        number = attempt
        while os.getppid() == parent:
            number += 100
            tensors = {"x": torch.full((50_000,), float(number))}
            write_container(path, kind="checkpoint", document={"n": number}, tensors=tensors)
    while os.stat(path).st_mtime_ns == before:  # however long a busy machine takes
        time.sleep(0.005)
    time.sleep(0.06 * draw.random())
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    document, tensors = read_container(path, kind="checkpoint")
    assert (tensors["x"] == document["n"]).all() and len(tensors["x"]) == 50_000
    seen.add(document["n"])
print(len(seen))
"""
    command = [sys.executable, "-c", code, str(tmp_path / "a")]
    run = subprocess.run(command, capture_output=True, text=True, env=environment())
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 3
