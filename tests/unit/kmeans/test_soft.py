"""Soft K-Means: what it finds where K-Means has local optima, weights as copies, and its equations at the end."""

import numpy as np
import torch
from sklearn.datasets import make_blobs

from deepkmeans.kmeans import soft_centers


def blobs(n: int = 300) -> tuple[torch.Tensor, np.ndarray]:
    X, y = make_blobs(n, centers=[[0, 0, 0], [6, 0, 0], [0, 6, 0]], cluster_std=1.0, random_state=0)
    return torch.from_numpy(X), y


def test_centres_of_clear_groups_are_their_means() -> None:
    X, y = blobs()
    means = np.stack([X.numpy()[y == group].mean(axis=0) for group in range(3)])
    start = torch.from_numpy(means) + 0.5
    found = soft_centers(X, start, temperature=1.0).numpy()
    np.testing.assert_allclose(found, means, atol=0.1)


def test_at_the_end_centres_are_the_means_of_shares() -> None:
    X, _ = blobs()
    T = 2.0
    centers = soft_centers(X, X[:3] + torch.tensor([[0.0, 0, 0], [3, 0, 0], [0, 3, 0]]), temperature=T).numpy()
    rows, n, d = X.numpy(), *X.shape
    size, within = np.full(3, 1 / 3), 1.0
    for _ in range(200):  # shares and sizes that go with these centres
        score = -np.square(rows[:, None] - centers).sum(axis=2) / (2 * T * within) + np.log(size)
        share = np.exp(score - score.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        size = share.mean(axis=0)
        within = (share * np.square(rows[:, None] - centers).sum(axis=2)).sum() / (n * d)
    np.testing.assert_allclose(share.T @ rows / share.sum(axis=0)[:, None], centers, atol=0.02)


def test_a_weight_is_a_number_of_copies() -> None:
    X, y = blobs(90)
    copies = torch.from_numpy(1 + y % 3)
    start = torch.stack([X[torch.from_numpy(y == group)][0] for group in range(3)])
    weighed = soft_centers(X, start, temperature=3.0, weight=copies.double())
    repeated = soft_centers(X.repeat_interleave(copies, dim=0), start, temperature=3.0)
    torch.testing.assert_close(weighed, repeated, atol=1e-6, rtol=1e-6)


def test_rows_that_are_all_the_same_have_that_centre() -> None:
    X = torch.full((10, 2), 3.0)
    torch.testing.assert_close(soft_centers(X, X[:2], temperature=3.0), X[:2])
