"""A minus sign that is none, and refusals that name the true cause: arrays without columns, labels as objects."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from deepkmeans.data.files import read_labels, read_table
from deepkmeans.exceptions import InvalidDataError


def _refusal(path: Path) -> str:
    with pytest.raises(InvalidDataError) as caught:
        read_table(path)
    return str(caught.value)


@pytest.mark.parametrize("sign", ["\u2212", "\u2013", "\uff0d"])
def test_a_minus_sign_that_is_not_ascii(tmp_path: Path, sign: str) -> None:
    (tmp_path / "x.csv").write_text(f"a,b\n{sign}5,1\n{sign}2.5e3,2\n3,4\n", encoding="utf-8")
    assert read_table(tmp_path / "x.csv").rows_given["a"].tolist() == [-5, -2500, 3]


@pytest.mark.parametrize(("shape", "word"), [((60, 0), "column"), ((0, 3), "row"), ((5, 4, 0), "column")])
def test_arrays_without_rows_or_columns(tmp_path: Path, shape: tuple[int, ...], word: str) -> None:
    np.save(tmp_path / "x.npy", np.ones(shape))
    np.savez(tmp_path / "x.npz", X=np.ones(shape))
    assert f"at least one {word} is needed" in _refusal(tmp_path / "x.npy")
    assert f"at least one {word} is needed" in _refusal(tmp_path / "x.npz")
    if len(shape) == 2:
        sp.save_npz(tmp_path / "s.npz", sp.csr_array(shape))
        assert f"at least one {word} is needed" in _refusal(tmp_path / "s.npz")


def test_labels_of_objects(tmp_path: Path) -> None:
    y = np.array(["a", "b"], dtype=object)
    np.savez(tmp_path / "x.npz", X=np.ones((2, 2)), y=y, z=y)
    np.save(tmp_path / "y.npy", y, allow_pickle=True)
    assert "for example y.astype(str)" in _refusal(tmp_path / "x.npz")
    for name, key in (("x.npz", None), ("x.npz", "z"), ("y.npy", None)):
        with pytest.raises(InvalidDataError, match=r"never loaded; store .* y\.astype\(str\)"):
            read_labels(tmp_path / name, key)
    np.savez(tmp_path / "rows.npz", X=np.array([["a"], ["b"]], dtype=object))
    assert "X.astype('float32')" in _refusal(tmp_path / "rows.npz")
