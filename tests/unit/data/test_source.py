"""Samples of one input and of several: what is taken, and what is refused."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from deepkmeans.data import Rows, fit_scaling
from deepkmeans.data.source import JoinedRows
from deepkmeans.exceptions import InvalidDataError

CPU = torch.device("cpu")


def rows_of(X):
    return Rows(X, fit_scaling(X, "none"), device=CPU)


A, B = np.arange(12.0).reshape(6, 2), -np.arange(18.0).reshape(6, 3)
PRESENT = {"a": torch.tensor([1, 1, 1, 0, 1, 0]).bool(), "b": torch.tensor([1, 0, 1, 1, 1, 1]).bool()}


def joined(present=PRESENT, weight=None):
    return JoinedRows({"a": rows_of(A), "b": rows_of(B)}, present, weight)


@pytest.mark.parametrize("make", [np.asarray, sp.csr_matrix])
def test_rows_are_the_source_of_the_input_x(make):
    rows = rows_of(make(A))
    inputs, present = rows.inputs(torch.tensor([3, 0]))
    assert present is None and list(inputs) == ["x"]
    torch.testing.assert_close(inputs["x"], torch.tensor(A[[3, 0]]).float())
    blocks = [each["x"] for each, _ in rows.input_chunks(4)]
    assert [len(block) for block in blocks] == [4, 2]
    torch.testing.assert_close(torch.cat(blocks), torch.tensor(A).float())


def test_joined_rows_by_hand():
    weight = torch.arange(1.0, 7) / 3.5
    source = joined(weight=weight)
    assert len(source) == 6 and source.device == CPU
    inputs, present = source.inputs(torch.tensor([5, 1]))
    torch.testing.assert_close(inputs["a"], torch.tensor(A[[5, 1]]).float())
    torch.testing.assert_close(inputs["b"], torch.tensor(B[[5, 1]]).float())
    assert present["a"].tolist() == [False, True] and present["b"].tolist() == [True, False]
    part = source.subset(torch.tensor([4, 1, 5]))
    assert len(part) == 3 and torch.equal(part.weight, weight[[4, 1, 5]])
    taken, there = part.inputs(torch.arange(3))
    torch.testing.assert_close(taken["b"], torch.tensor(B[[4, 1, 5]]).float())
    assert there["a"].tolist() == [True, True, False]
    assert joined(present=None).inputs(torch.arange(2))[1] is None


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: JoinedRows({}), "no input"),
        (lambda: JoinedRows({"a": rows_of(A), "b": rows_of(B[:5])}), "Got 6 rows of 'a' on cpu and 5 of 'b'"),
        (lambda: joined({"a": PRESENT["a"]}), "must have the names of the inputs, 'a', 'b'. Got 'a' instead"),
        (lambda: joined({}), "Got none instead"),
        (lambda: joined(weight=np.ones(6)), "'weight' must be a tensor of float32 on cpu.* Got ndarray instead"),
        (lambda: joined(weight=torch.ones(6).double()), "of float32 on cpu.* Got float64 on cpu instead"),
        (lambda: joined(weight=torch.ones(5)), r"must have shape \(6,\). Got \(5,\) instead"),
        (lambda: joined(weight=torch.tensor([1, 1, float("nan"), 1, 1, 1])), "weight must be .* Got NaN in row 2"),
        (lambda: joined(weight=torch.tensor([1.0, -2, 1, 1, -1, 1])), "Got -2 in row 1 .*the first of 2;"),
        (lambda: joined(weight=torch.tensor([float("inf"), 1, 1, 1, 1, 1])), "Got inf in row 0"),
        (lambda: Rows(A, fit_scaling(A), weight=np.array([1, 1, -1, 1, 1, 1.0]), device=CPU), "Got -1 in row 2"),
        (lambda: joined({**PRESENT, "b": PRESENT["b"].int()}), "of input 'b' must be bool.*Got int32 of shape"),
        (lambda: joined({**PRESENT, "b": PRESENT["b"][:4]}), r"of input 'b' must be bool.*Got bool of shape \(4,\)"),
        (lambda: joined(weight=torch.ones(5)), r"must have shape \(6,\). Got \(5,\)"),
        (
            lambda: joined({**PRESENT, "b": PRESENT["a"]}),
            r"Row 3 \(counted from 0\) has none of the inputs 'a', 'b', the first of 2 such rows; give at least one",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused(make, words):
    with pytest.raises(InvalidDataError, match=words):
        make()
