"""``--image``, ``--audio`` and ``--text``: columns of a table as inputs of their own, at fit and at predict."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from deepkmeans.cli import main
from tests.unit.cli.talk import last_line
from tests.unit.data.media.drawn import folder_of, three_kinds
from tests.unit.data.media.sounds import tone, write_wav

N = 30
PICTURES, KINDS = three_kinds(N)
FIT = ("-k", "3", "--partition", "k-means", "--device", "cpu", "--no-progress", "--max-epochs", "3")
WORDS = (("red", "apple", "fruit"), ("fast", "car", "road"), ("loud", "song", "tune"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table in a folder of its own, whose cells are paths from there; some cells and some files are missing."""
    folder, random = tmp_path_factory.mktemp("several"), np.random.RandomState(0)
    shop = folder / "shop"
    folder_of(shop / "photos", PICTURES)
    (shop / "calls").mkdir()
    for row, kind in enumerate(KINDS):
        write_wav(shop / "calls" / f"{row:03}.wav", tone(300 * (kind + 1), 0.2))
    (shop / "photos" / "006.png").write_text("no picture")
    table = pd.DataFrame({
        "sku": [f"A{row:03}" for row in range(N)], "photo": [f"photos/{row:03}.png" for row in range(N)],
        "title": [" ".join(random.choice(WORDS[kind], 4)) for kind in KINDS],
        "price": np.round(10 * KINDS + random.randn(N), 2), "call": [f"calls/{row:03}.wav" for row in range(N)],
        "gone": [f"nowhere/{row}.png" for row in range(N)], "kind": KINDS,
    })  # fmt: skip
    table.loc[3, "photo"] = table.loc[4, "title"] = None
    table.loc[5, "photo"] = "photos/none.png"
    table.to_csv(shop / "products.csv", index=False)
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        line = ("fit", "shop/products.csv", "--image", "photo", "--text", "title", "--label-column", "kind")
        assert main([*line, "--drop", "call,gone", *FIT, "--append", "with.csv", "--quiet"]) == 0
        line = ("fit", "shop/products.csv", "--image", "photo", "--columns", "sku")
        assert main([*line, *FIT, "--out", "one", "--quiet"]) == 0
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def labels_of(place: Path, run: str) -> pd.Series:
    return pd.read_csv(place / run / "labels.csv", index_col=0)["label"]


def test_every_row_has_a_label_by_its_identifier(made: Path) -> None:
    labels = labels_of(made, "run-products")
    assert labels.index.name == "sku" and labels.index.tolist() == [f"A{row:03}" for row in range(N)]
    assert len({*zip(labels, KINDS, strict=True)}) == 3
    document = json.loads((made / "run-products" / "run.json").read_text())
    assert (document["data"]["rows"], document["data"]["identifier"]) == (N, "sku")
    report = document["report"]
    assert {name: said["missing"] for name, said in report["modalities"].items()} == {
        "facts": 0, "photo": 3, "title": 1,
    }  # fmt: skip
    assert [each["name"] for each in report["inputs"]["photo"]["input"]["skipped"]] == [
        "row 3", "photos/none.png", "photos/006.png",
    ]  # fmt: skip
    assert [column["name"] for column in report["inputs"]["facts"]["input"]["columns"]] == ["sku", "price"]
    assert pd.read_csv(made / "with.csv")["cluster"].tolist() == labels.tolist()


def test_predict_finds_the_columns(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = labels_of(place, "run-products")
    table = pd.read_csv(place / "shop" / "products.csv")
    table[["title", "price", "sku", "photo"]].to_csv(place / "shop" / "turned.csv", index=False)
    table.drop(columns=["photo"]).iloc[:9].to_json(place / "few.jsonl", orient="records", lines=True)
    shutil.copy(place / "run-products" / "model.dkm", place / "alone.dkm")
    for model, data, named in (("run-products", "turned.csv", "sku"), ("alone.dkm", "turned.csv", "row")):
        assert main(["predict", model, f"shop/{data}", "--out", "new.csv", "--force", "--quiet"]) == 0
        new = pd.read_csv(place / "new.csv", index_col=0)["label"]
        assert new.index.name == named and new.tolist() == labels.tolist()
    capsys.readouterr()
    assert main(["predict", "run-products", "few.jsonl"]) == 0
    out, said = capsys.readouterr()
    predicted = dict(line.split(",") for line in out.splitlines()[1:])
    assert [*predicted] == [f"A{row:03}" for row in range(9)]
    assert all(predicted[f"A{row:03}"] == str(labels.iloc[row]) for row in (0, 1, 2, 7, 8))  # 4 has no title either
    assert "there is no column 'photo': the rows are taken as lacking this input" in said


def test_select_takes_the_inputs(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = "select shop/products.csv --image photo --text title --label-column kind --drop gone --k-range 2:6"
    assert main([*line.split(), "--json"]) == 0
    out, said = capsys.readouterr()
    assert (found := json.loads(out))["rows"] == N and found["n_clusters"] == 3, found["reason"]
    assert "'call' holds paths of" in said and "--audio call takes them" in said and "'photo' holds" not in said
    assert main(["select", "shop/products.csv", "--image", "photo", "--estimator", "kmeans"]) == 2
    assert "--image goes with --estimator deepkmeans, and --estimator is kmeans" in last_line(capsys)


def test_other_verbs(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "run-products", "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["ari"] == 1
    assert main(["info", "run-products"]) == 0
    said = capsys.readouterr().out
    assert "'photo': pictures of 12 x 12 pixels, grey (" in said and " of 3 inputs, " in said
    for line in ("describe run-products", "report run-products", "explain run-products --row A001"):
        capsys.readouterr()
        assert main(line.split()) == 0, line
    assert capsys.readouterr().out.startswith("Row A001 is in cluster ")
    assert main([*line.split(), "--json"]) == 0
    assert sum(each["share"] for each in json.loads(capsys.readouterr().out)["inputs"].values()) == pytest.approx(1)


def test_one_column_alone_is_a_model_of_pictures(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = labels_of(place, "one")
    assert labels.index.name == "sku" and len(labels) == N
    assert main(["predict", "one", "shop/products.csv", "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["labels"] == labels.tolist()
    assert main(["predict", "one", "shop/photos", "--json", "--quiet"]) == 0
    readable = [row for row in range(N) if row != 6]
    predicted = json.loads(capsys.readouterr().out)["labels"]
    kept = [number for number, row in enumerate(readable) if row not in (3, 5)]  # of which the fit had no picture
    assert [predicted[number] for number in kept] == [labels.iloc[readable[number]] for number in kept]
    assert main(["describe", "one"]) == 0
    assert "Typical rows: A0" in capsys.readouterr().out


def test_what_is_said(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = ["fit", "shop/products.csv", "-k", "3", "--dry-run", "--verbose"]
    assert main([*line, "--image", "photo", "--audio", "call", "--drop", "gone"]) == 0
    said = capsys.readouterr().err
    assert "2 of 29 pictures of 'photo' cannot be read, and their rows lack this input (photos/none.png: there" in said
    assert "input 'photo': pictures (missing in 1 row); change with --image COLUMN" in said
    assert "input 'call': recordings; change with --audio COLUMN" in said
    assert "input 'facts': the other columns; change with --drop A,B" in said
    assert main(line) == 0
    said = capsys.readouterr().err
    assert "the column 'photo' holds paths of 28 pictures, which are not looked at; --image photo takes them" in said
    assert "--audio call takes them" in said and "--image gone" not in said


@pytest.mark.parametrize(
    ("flags", "code", "message"),
    [
        ("--image phto", 2, "--image names 'phto', which is no column of products.csv (did you mean 'photo'?)"),
        ("--image gone", 3, "--image gone: products.csv: no cell of the column 'gone' leads to a file"),
        ("--image price", 3, "it must hold paths of pictures, as seen from 'shop'"),
        ("--image photo --text photo", 2, "--image and --text both name the column 'photo'"),
        ("--image photo --drop photo", 2, "--drop and --image both name the column 'photo'"),
        ("--image photo --label-column photo", 2, "--label-column keeps the column 'photo' out of the fit"),
        ("--image photo --kind image", 2, "--kind image for a whole input"),
        ("--text title --kind title=text", 2, "--kind title= is for a column beside others"),
        ("--text title --checkpoint-every 2", 2, "--checkpoint-every 2 is for one input, and there are 2"),
        ("--text title --resume", 2, "--resume is for one input"),
        ("--text title --reduce tsne", 2, "--reduce tsne is for one input"),
        ("--text title --objective dcn", 2, "--objective dcn is for one input"),
        ("--image photo --encoder a/b", 2, "--encoder is for texts, and no --text names a column"),
        ("--audio photo", 3, "--audio photo: products.csv, column 'photo': None of the 30 recordings can be read"),
        ("--image call", 3, "--image call: products.csv, column 'call': None of the 30 pictures can be read"),
    ],
)
def test_wrong_arguments(
    flags: str, code: int, message: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    assert main(["fit", "shop/products.csv", *flags.split(), "--out", "x"]) == code
    assert message in last_line(capsys) and not (place / "x").exists()


def test_other_files_than_tables(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", "shop/photos", "--image", "photo"]) == 2
    assert "photos holds pictures alone; for a folder of files alone leave --image out" in last_line(capsys)
    np.save(place / "x.npy", np.zeros((4, 2)))
    assert main(["fit", "x.npy", "--text", "title"]) == 2
    assert "x.npy holds numbers alone" in last_line(capsys)
    assert main(["predict", "run-products", "shop/photos"]) == 3
    assert "the model was fitted on several inputs" in last_line(capsys)
    (place / "other.csv").write_text("a,b\n1,2\n")
    assert main(["predict", "run-products", "other.csv"]) == 3
    assert "other.csv has no column of the fit ('price', 'photo', 'title')" in last_line(capsys)
