"""A folder of pictures at the command: fit, predict, the other verbs, and what is said of files that are skipped."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from deepkmeans.cli import main
from tests.unit.cli.talk import last_line
from tests.unit.data.media.drawn import bomb, folder_of, saved, three_kinds

PICTURES, KINDS = three_kinds(45)
FIT = ("-k", "3", "--partition", "k-means", "--device", "cpu", "--no-progress")


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures, one in a folder of its own, two that cannot be read, a text; and a run on them, with its page."""
    folder = tmp_path_factory.mktemp("pictures")
    photos = folder_of(folder / "photos", PICTURES)
    (photos / "cats").mkdir()
    saved(photos / "cats", "=1.png", PICTURES[0])
    (photos / "003a.png").write_text("renamed")
    bomb(photos / "bomb.png", 30_000, 30_000)
    (photos / "README.txt").write_text("these are photos")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        patched.delenv("DEEPKMEANS_FIT_NO_REPORT", raising=False)
        assert main(["fit", "photos/", *FIT, "--append", "with.csv", "--quiet"]) == 0
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_labels_are_by_file_one_a_readable_picture(made: Path) -> None:
    labels = rows_of((made / "run-photos" / "labels.csv").read_text())
    names = [f"{number:03}.png" for number in range(45)] + ["cats/=1.png"]
    assert [*labels[0]] == ["file", "label", "distance"] and [row["file"] for row in labels] == names
    assert [row["label"] for row in labels] == [*map(str, KINDS), "0"]
    document = json.loads((made / "run-photos" / "run.json").read_text())
    assert document["cluster_sizes"] == [16, 15, 15]
    assert (document["data"]["rows"], document["data"]["identifier"]) == (46, "file")
    said = document["report"]["input"]
    assert [(each["name"], each["reason"][:16]) for each in said["skipped"]] == [
        ("003a.png", "it is no picture"), ("bomb.png", "it has more than"),
    ]  # fmt: skip
    assert rows_of((made / "with.csv").read_text())[-1] == {"file": "cats/=1.png", "cluster": "0"}
    assert "data:image/png;base64," in (made / "run-photos" / "report.html").read_text()


def test_what_is_said(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", "photos", *FIT, "--out", "again", "--verbose"]) == 0
    said = capsys.readouterr().err
    assert "photos: 2 of 48 pictures cannot be read and are left out (003a.png: it is no picture" in said
    assert "photos: 1 file is no picture and not read" in said and "photos: 46 pictures" in said
    assert "input: pictures (46 pictures); change with --kind text" in said
    assert "pictures of 12 x 12 pixels, grey" in said and said.count("003a.png") == 1
    assert main(["fit", "photos", *FIT, "--out", "asked", "--kind", "image", "--quiet"]) == 0
    assert (place / "asked" / "labels.csv").read_text() == (place / "again" / "labels.csv").read_text()


def test_predict_takes_a_folder_and_a_picture(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder_of(place / "new", three_kinds(6, seed=1)[0], ".bmp")
    (place / "new" / "001a.jpg").write_bytes(b"")
    assert main(["predict", "run-photos", "new", "--proba"]) == 0
    said = capsys.readouterr()
    assert [(row["file"], row["label"]) for row in rows_of(said.out)] == [
        (f"{number:03}.bmp", str(number % 3)) for number in range(6)
    ]  # fmt: skip
    assert "new: 1 of 7 pictures cannot be read and are left out (001a.jpg: it is no picture" in said.err
    assert main(["predict", "run-photos", "photos/004.png", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["labels"] == [1]
    shutil.copy(place / "run-photos" / "model.dkm", place / "alone.dkm")
    assert main(["predict", "alone.dkm", "photos", "--out", "labels.csv", "--quiet"]) == 0
    assert [row["label"] for row in rows_of((place / "labels.csv").read_text())] == [*map(str, KINDS), "0"]


def test_other_verbs_find_the_pictures_again(made: Path, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = place / "run-photos" / "run.json"
    document.write_text(document.read_text().replace(f"{made}/", f"{made}/gone/"))  # the project was moved
    for line, expected in (
        ("explain run-photos --row cats/=1.png", "Row cats/=1.png is in cluster 0 ("),
        ("describe run-photos", "Typical files: "), ("report run-photos", "report.html"),
        ("explain run-photos --cluster 1", "Rows at its boundary: 0"),
        ("info run-photos", "3 clusters of pictures, "), ("info run-photos", "12 x 12 pixels, grey"),
        ("split run-photos 0 -k 2", "cluster 0 is in 2 parts"),
    ):  # fmt: skip
        assert main([*line.split(), *(["--json"] if "row" in line else [])]) == 0, line
        assert expected in capsys.readouterr().out
    (place / "photos" / "007.png").unlink()
    assert main(["describe", "run-photos"]) == 3
    assert "the data of the fit, is not there any more" in last_line(capsys)


def test_classes_by_file(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["file,class", "cats/=1.png,left", *(f"{n:03}.png,{['left', 'up', 'middle'][n % 3]}" for n in range(45))]
    (place / "classes.csv").write_text("\n".join(lines) + "\n")
    assert main(["evaluate", "run-photos", "--labels", "classes.csv", "--label-column", "class", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ari"] == 1
    assert main(["evaluate", "run-photos"]) == 2
    assert "was fitted on a folder; name a file with the classes with --labels" in last_line(capsys)


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("fit photos --out x --columns a", 2, "--columns is for tables, and photos holds pictures"),
        ("fit photos --out x --separator ;", 2, "--separator is for text tables; got photos"),
        ("fit photos --out x --kind series", 2, "--kind series takes a file of numbers, and photos is a folder"),
        ("fit photos --out x --missing error", 3, "2 pictures are missing or cannot be read, the first 003a.png"),
        ("fit photos --out x --kind image --kind text", 2, "--kind image is for a whole input"),
        ("fit empty --out x", 3, "is a folder; name a file in it (or put texts into it, each in a file .txt"),
        ("fit empty --out x --kind image", 3, "each in a file .txt, or pictures, or recordings)"),
        ("fit lost --out x", 3, "The only picture cannot be read (a.png: it is no picture"),
        ("predict run-photos with.csv", 3, "with.csv: the model takes pictures; give a folder of them, or one"),
        ("predict run-photos gone.png", 3, "there is no such file"),
        ("fit photos/001.png --out x", 3, "has 1 row"),
    ],
)
def test_what_is_refused(
    line: str, code: int, message: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    (place / "empty").mkdir()
    (place / "lost").mkdir()
    (place / "lost" / "a.png").write_text("no picture")
    assert main(line.split()) == code
    assert message in last_line(capsys)


def test_a_model_of_columns_takes_no_pictures(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "numbers.csv").write_text("a,b\n" + "".join(f"{i % 2 * 9},{i}\n" for i in range(20)))
    assert main(["fit", "numbers.csv", "-k", "2", "--partition", "k-means", "--out", "numbers", "--quiet"]) == 0
    assert main(["predict", "numbers", "photos"]) == 3
    assert "holds pictures" in last_line(capsys)


@pytest.mark.slow  # the import of transformers alone takes seconds
@pytest.mark.filterwarnings("default::DeprecationWarning", "default::FutureWarning")
def test_a_pretrained_encoder_reads_them(tmp_path, monkeypatch, capsys):
    pytest.importorskip("transformers")
    from tests.unit.data.preprocessing.tiny_media_models import dinov2_folder

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DEEPKMEANS_CACHE", str(tmp_path / "cache"))
    dinov2_folder(tmp_path / "dino")
    folder_of(tmp_path / "photos", PICTURES)
    assert main(["fit", "photos", *FIT, "--encoder", "./dino", "--out", "run"]) == 0
    assert "by the encoder" in capsys.readouterr().err
    run = json.loads(Path("run/run.json").read_text("utf-8"))
    assert run["report"]["input"]["encoder"]["library"] == "transformers"
    labels = rows_of(Path("run/labels.csv").read_text("utf-8"))
    assert main(["predict", "run", "photos/000.png"]) == 0
    assert rows_of(capsys.readouterr().out) == [{"file": "000.png", "label": labels[0]["label"]}]
