"""Lists of files that are neither pictures alone nor recordings alone are refused, and never taken for texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from deepkmeans import DeepKMeans
from deepkmeans.data.media.mixed_files import refuse_mixed_files
from deepkmeans.exceptions import InvalidDataError

PIL = pytest.importorskip("PIL.Image")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.wav", "b.wav", "c.png", "d.m4a", "e.m4a", "notes.txt"):
        Path(name).touch()


REFUSED: dict[str, tuple[Any, str]] = {
    "both": (
        ["a.wav", "c.png", "b.wav"],
        r"2 recordings \('a\.wav', \.\.\.\) and 1 picture \('c\.png'\): give one kind",
    ),
    "both, none there": (["x.wav", "y.JPG"], "1 recording .* and 1 picture .*by name, {'picture'"),
    "both and others": (
        ["c.png", "a.wav", "notes.txt"],
        r"1 recording .* and 1 picture .* and 1 path that ends otherwise \('notes\.txt'\)",
    ),
    "missing ones": (["a.wav", None, "", float("nan"), "c.png"], "1 recording .* and 1 picture"),
    "paths": ([Path("a.wav"), Path("c.png")], "1 recording .* and 1 picture"),
    "a series": (pd.Series(["a.wav", "c.png"]), "1 recording .* and 1 picture"),
    "an array": (np.array(["a.wav", "c.png"]), "1 recording .* and 1 picture"),
    "recordings and others": (
        ["notes.txt", "a.wav", "d.m4a", "b.wav"],
        r"2 recordings \('a\.wav', \.\.\.\) and 2 paths that end otherwise \('notes\.txt', .*InputSpec\(kind='audio'\)",
    ),
    "pictures and others": (["c.png", "gone.heic"], r"1 picture .* and 1 path that .*InputSpec\(kind='image'\)"),
    "others alone": (["d.m4a", "e.m4a", "gone.m4a"], r"3 paths \('d\.m4a', .*kind='image'.*kind='audio'.*read_text"),
    "images of Pillow": ([PIL.new("L", (8, 8)), "a.wav"], r"1 recording .* and 1 picture \(Image\)"),
}


@pytest.mark.parametrize("name", [*REFUSED])
def test_what_is_refused(name: str) -> None:
    X, words = REFUSED[name]
    with pytest.raises(InvalidDataError, match=f"^X (mixes|is) {words}.*kind='text'") as caught:
        DeepKMeans(2).fit(X)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "X",
    [
        ["a text", "plays x.wav", "shows y.png"], ["a text", "plays x.wav"], ["notes.txt", "a text", "another"],
        ["gone.m4a", "lost.m4a"], ["a.wav", 3.5], [1.0, 2.0], [], None, [None, ""], [["a.wav"], ["c.png"]],
    ],
)  # fmt: skip
def test_what_others_judge(X: Any) -> None:
    refuse_mixed_files(X)


def test_names_as_texts_if_so_said() -> None:
    from deepkmeans import InputSpec

    model = DeepKMeans(2, preprocessor=InputSpec(kind="text"), max_epochs=1, random_state=0)
    model.fit(["a.wav", "c.png", "notes.txt", "b.wav"])
    assert model.report_["input"]["kind"] == "text"
