"""Files made by somebody who knows the format: refused in one kind of error, whatever they claim."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deepkmeans.exceptions import ModelFileError
from deepkmeans.storage import read_container
from deepkmeans.storage.archive import TENSORS
from tests.unit.storage.small_containers import forge, refused


def test_newer_format_names_it_and_the_cure(tmp_path: Path) -> None:
    def newer(manifest: dict[str, Any]) -> None:
        manifest["format"] = 7
        manifest["versions"]["deepkmeans"] = "3.2.1"
        manifest["something"] = "this version has never heard of"

    forge(tmp_path / "a", newer)
    refused(tmp_path / "a", "format 7 by deepkmeans 3.2.1")
    refused(tmp_path / "a", "pip install --upgrade deepkmeans")
    # The rest of a newer file may look like anything.
    (tmp_path / "a").write_bytes((tmp_path / "a").read_bytes() + b"more")
    refused(tmp_path / "a", "format 7")


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
    forge(tmp_path / "a", change)
    refused(tmp_path / "a", words)


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
    forge(tmp_path / "a", payload=payload)
    refused(tmp_path / "a", TENSORS)
    if any(name in payload for name in (b'"O"', b'"F4"', b'"C64"', b'"U64"')):
        refused(tmp_path / "a", "which no format has")


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
    forge(path, payload=_tensors_part(header, data.draw(st.binary(max_size=32))))
    with contextlib.suppress(ModelFileError):
        read_container(path, kind="model")
