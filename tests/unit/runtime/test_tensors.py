"""Tensors as arrays: what has plain numbers is taken, whatever the view; everything else is one error."""

import warnings

import numpy as np
import pytest
import torch

from deepkmeans import DeepKMeans, KMeans
from deepkmeans.data.images import flatten_pictures
from deepkmeans.exceptions import InvalidDataError
from deepkmeans.runtime import tensor_array

B = np.random.RandomState(0).randn(6, 3)


def quietly(make):
    def made():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return make()

    return made


REFUSED = {
    "coo": (lambda: torch.from_numpy(B).to_sparse(), r"sparse tensor \(sparse_coo\).*scipy.sparse.*to_dense"),
    "csr": (quietly(lambda: torch.from_numpy(B).to_sparse_csr()), r"sparse tensor \(sparse_csr\)"),
    "csc": (quietly(lambda: torch.from_numpy(B).to_sparse_csc()), r"sparse tensor \(sparse_csc\)"),
    "bsr": (quietly(lambda: torch.from_numpy(B).to_sparse_bsr((2, 3))), r"sparse tensor \(sparse_bsr\)"),
    "sparse pictures": (lambda: torch.ones(3, 8, 8).to_sparse(), "sparse tensor"),
    "quantised": (
        quietly(lambda: torch.quantize_per_tensor(torch.from_numpy(B).float(), 0.1, 0, torch.qint8)), "dequantize"
    ),
    "meta": (lambda: torch.empty(6, 3, device="meta"), "'meta', which holds no numbers"),
    "nested": (quietly(lambda: torch.nested.nested_tensor([torch.ones(3), torch.ones(2)])), "nested tensor"),
    "complex": (lambda: torch.ones(6, 3, dtype=torch.complex64), "Complex data not supported"),
    "conjugate": (lambda: torch.ones(6, 3, dtype=torch.complex64).conj(), "Complex data not supported"),
    "masked": (
        quietly(lambda: torch.masked.masked_tensor(torch.from_numpy(B), torch.from_numpy(B > 0))),
        "masked tensor: .*to_tensor",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("make", "words"), [*REFUSED.values()], ids=[*REFUSED])
def test_tensors_without_plain_numbers_are_refused(make, words):
    for door in (tensor_array, flatten_pictures, KMeans(2).fit, KMeans(2).fit(B).predict, DeepKMeans(2).fit):
        with pytest.raises(InvalidDataError, match=words):
            door(make())


@pytest.mark.slow
def _released(size, part=...):
    tensor = torch.from_numpy(B).clone()[part]
    tensor.untyped_storage().resize_(size)
    return tensor


@pytest.mark.parametrize("size", [0, B.nbytes - 8])
def test_tensors_without_their_memory_are_refused(size):
    for door in (tensor_array, flatten_pictures, KMeans(2).fit, KMeans(2).fit(B).predict, DeepKMeans(2).fit):
        with pytest.raises(InvalidDataError, match=rf"\(6, 3\) whose storage holds {size} bytes, not the 144"):
            door(_released(size))
    with pytest.raises(InvalidDataError, match="storage holds 0 bytes"):
        tensor_array(_released(0, slice(1, None, 2)))
    assert tensor_array(torch.ones(2).expand(6, 2)).shape == (6, 2) and tensor_array(torch.ones(0, 3)).shape == (0, 3)
    assert np.array_equal(tensor_array(_released(B.nbytes - 8, slice(5))), B[:5])


def test_jagged_tensors_are_refused():
    jagged = torch.nested.nested_tensor([torch.ones(3), torch.ones(2)], layout=torch.jagged)
    with pytest.raises(InvalidDataError, match="nested tensor"):
        KMeans(2).fit(jagged)


def test_views_gradients_and_small_floats_are_what_they_stand_for():
    pairs = torch.from_numpy(np.random.RandomState(1).randn(6, 3, 2))
    negative = torch.view_as_complex(pairs).conj().imag
    assert negative.is_neg()
    np.testing.assert_array_equal(tensor_array(negative), -pairs[..., 1].numpy())
    for wrapped in (torch.from_numpy(B).requires_grad_(), torch.nn.Parameter(torch.from_numpy(B.copy()))):
        np.testing.assert_array_equal(tensor_array(wrapped), B)
    for kind in (torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2):
        small = torch.from_numpy(B).float().to(kind)
        made = tensor_array(small)
        assert made.dtype == np.float32
        np.testing.assert_array_equal(made, small.float().numpy())
    np.testing.assert_array_equal(tensor_array(torch.arange(3).to(torch.uint16)), [0, 1, 2])
    rows = [torch.from_numpy(row.copy()).requires_grad_() for row in B]
    whole = KMeans(2, random_state=0).fit(B)
    for same in (negative, rows, torch.from_numpy(B).requires_grad_()):
        model = KMeans(2, random_state=0).fit(same)
        assert model.predict(same).tolist() == model.labels_.tolist()
    np.testing.assert_array_equal(KMeans(2, random_state=0).fit(rows).cluster_centers_, whole.cluster_centers_)
