"""`deepkmeans fit` gives a table the same labels in whatever spelling it comes."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from deepkmeans.cli import main
from tests.unit.data.drawn_spellings import Spelling, shop
from tests.unit.data.spellings import flowers, penguins

TABLES = {
    "iris": lambda: flowers("iris"), "wine": lambda: flowers("wine"), "penguins": penguins, "shop": shop,
}  # fmt: skip


#: Quick, and as sensitive to the rows as the default.
K_MEANS = ("--clusters", "5", "--partition", "k-means")


def labels_of(path: Path, run: Path) -> list[str]:
    assert main(["fit", str(path), *K_MEANS, "--out", str(run), "--device", "cpu", "--quiet"]) == 0
    return [line.split(",")[1] for line in (run / "labels.csv").read_text("utf-8").splitlines()[1:]]


def compare(name: str, folder: Path, spellings: list[Spelling]) -> None:
    """The labels in each spelling are those of the plain one."""
    frame = TABLES[name]()
    expected: list[str] = []
    for number, spelling in enumerate([Spelling(), *spellings]):
        place = folder / str(number)
        place.mkdir()
        labels = labels_of(spelling.write(frame, place), place / "run")
        expected = expected or labels
        assert len(set(expected)) > 1
        assert labels == expected, spelling


@pytest.mark.parametrize("name", ["penguins", "shop"])
def test_the_same_labels(name: str, tmp_path: Path) -> None:
    compare(name, tmp_path, [
        Spelling(separator=" ", decimal=",", head="few units", missing="NA", encoding="gb18030"),
        Spelling(separator=";", thousands=",", head="title", padded=True, missing="N/A", end="\r"),
    ])  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_the_same_labels_in_eight(name: str, tmp_path: Path) -> None:
    random = Random(name)
    compare(name, tmp_path, [Spelling.drawn(random) for _ in range(8)])
