"""The picture of the README: the digits as plain K-Means sees them, and in the space that DeepKMeans learns.

    python examples/make_picture.py docs/images/overview.png
"""

import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from sklearn.decomposition import PCA

from deepkmeans import DeepKMeans, KMeans
from deepkmeans.datasets import load_digits
from deepkmeans.metrics import evaluate, match_clusters


def panel(axes: plt.Axes, rows: np.ndarray, y: np.ndarray, labels: np.ndarray, title: str) -> None:
    """First two principal components; colour is the digit, a black ring a row that its cluster gets wrong."""
    plane = PCA(2).fit_transform(rows)
    digit_of = match_clusters(y, labels)
    wrong = np.array([digit_of.get(label) for label in labels.tolist()]) != y
    axes.scatter(*plane.T, c=y, cmap="tab10", s=9, linewidths=0)
    axes.scatter(*plane[wrong].T, facecolors="none", edgecolors="black", s=16, linewidths=0.5)
    for digit in range(10):
        axes.annotate(
            str(digit), np.median(plane[y == digit], axis=0), ha="center", va="center", fontsize=13, weight="bold",
            bbox={"boxstyle": "circle,pad=0.15", "facecolor": "white", "alpha": 0.8, "edgecolor": "none"},
        )  # fmt: skip
    figures = evaluate(y, labels)
    axes.set_title(f"{title}\nACC {figures['acc']:.2f}   ARI {figures['ari']:.2f}", fontsize=12)
    axes.set(xticks=[], yticks=[])


def main(path: Path) -> None:
    digits = load_digits()
    plain = KMeans(10, n_init=10, random_state=0).fit(digits.X)
    deep = DeepKMeans(10, random_state=0).fit(digits.X)
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.6), layout="constrained")
    panel(left, digits.X, digits.y, plain.labels_, "K-Means on the pixels")
    panel(right, deep.embed(digits.X), digits.y, deep.labels_, "DeepKMeans(10)")
    caption = "1,797 digits, two principal components; black rings: rows in the cluster of another digit"
    figure.supxlabel(caption, fontsize=9)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "overview.png"))
