"""What the tries of flags are seen to do: looks at the files and the talk that a call of the command left."""

from __future__ import annotations

import numpy as np
import pytest

from deepkmeans.cli import main

from .tries import Ran


def a_network(ran: Ran) -> None:
    said, written = ran.json(), ran.run("other")
    asked = {
        "n_clusters": 3, "objective": "dcn", "embedding_dim": 2, "pretrain_epochs": 1, "max_epochs": 2,
        "batch_size": 64, "learning_rate": 0.01, "random_state": 5, "device": "cpu", "scaling": "robust",
        "reduce": "none", "missing": "impute", "precision": "bfloat16",
    }  # fmt: skip
    assert {name: written["parameters"][name] for name in asked} == asked
    assert {name: written["report"][name] for name in ("scaling", "precision")} == {
        "scaling": "robust", "precision": "bfloat16",
    }  # fmt: skip
    assert written["data"]["columns"] == ["a", "c"] and written["data"]["label_column"] == "species"
    assert written["seed"] == 5 and written["n_iter"] == 2
    assert [path.suffix for path in (ran.folder / "other" / "checkpoints").iterdir()]
    assert said["n_clusters"] == 3 and len(ran.rows("other/labels.csv")) == 60
    assert "\033" not in ran.err


def resumed(ran: Ran) -> None:
    assert ran.rows("unfinished/labels.csv") == ran.rows("run/labels.csv")
    assert not (ran.folder / "unfinished" / ".deepkmeans-unfinished").exists()


def laid_out(ran: Ran) -> None:
    written = ran.run("tsne")
    assert written["parameters"]["reduce"] == "tsne" == written["report"]["reduce"]
    assert written["report"]["layout"] == {"method": "tsne", "scaling": "standard", "n_rows": 60, "n_components": 2}
    assert "scaling: standard; change with --scaling" in ran.err
    assert main(["predict", "tsne", "flowers.csv", "--out", "again.csv", "--quiet"]) == 0
    assert [row[1] for row in ran.rows("again.csv")] == [row[1] for row in ran.rows("tsne/labels.csv")]


def planned(ran: Ran) -> None:
    plan = ran.json()["plan"]
    assert (plan["reduce"], plan["n_components"]) == ("tsne", 2) and plan["seconds"]["laying the rows out"] > 0


def balanced(ran: Ran) -> None:
    """Two clusters of three equal groups: 20 and 40 rows, unless they are to be equal."""
    assert ran.run("balanced")["report"]["cluster_sizes"] == [30, 30]
    assert main(["predict", "balanced", "flowers.csv", "--out", "again.csv", "--quiet"]) == 0
    assert [row[1] for row in ran.rows("again.csv")] == [row[1] for row in ran.rows("balanced/labels.csv")]


def noisy(ran: Ran) -> None:
    """A tenth of 60 rows is noise, in every verb."""
    labels = [row[1] for row in ran.rows("noisy/labels.csv")]
    written = ran.run("noisy")
    assert labels.count("-1") == 6 == written["n_noise"] and sum(written["cluster_sizes"]) == 54
    assert "and 6 of noise (label -1)" in ran.out
    assert main(["predict", "noisy", "flowers.csv", "--out", "again.csv", "--append", "more.csv", "--quiet"]) == 0
    assert [row[1] for row in ran.rows("again.csv")] == labels == [row[-1] for row in ran.rows("more.csv")]
    assert main(["evaluate", "noisy", "--label-column", "species", "--quiet"]) == 0
    assert main(["split", "noisy", "0", "-k", "2", "--quiet"]) == 0
    assert [row[1] for row in ran.rows("noisy/labels.csv")].count("-1") == 6
    assert main(["describe", "noisy", "--quiet"]) == 0


def quiet(ran: Ran) -> None:
    assert ran.err == ""


def spoken(ran: Ran) -> None:
    assert "seed: 0; change with --seed N" in ran.err and "scaling: standard; change with --scaling" in ran.err
    assert ran.run("spoken")["report"]["chosen"] == "k-means"


def dry(ran: Ran) -> None:
    assert ran.json()["plan"]["rows"] == 60 and not (ran.folder / "none").exists()
    assert "deepkmeans: warning" not in ran.err


def configured(ran: Ran) -> None:
    assert ran.run("by-file")["seed"] == 7 and len({row[1] for row in ran.rows("by-file/labels.csv")}) == 2


def spelled_alike(ran: Ran) -> None:
    assert len(ran.rows("spelled/labels.csv")) == 60
    data = ran.run("spelled")["data"]
    assert (data["separator"], data["decimal"], data["encoding"], data["skipfooter"]) == (";", ",", "latin-1", 1)
    assert ran.run("spelled")["report"]["n_features"] == 4


def recognised(ran: Ran) -> None:
    kinds = {column["name"]: column["kind"] for column in ran.json()["report"]["input"]["columns"]}
    assert kinds == {"key": "identifier", "a": "ignored", "b": "number", "size": "ordinal", "colour": "category"}
    head, first, *_ = (ran.folder / "mixed" / "labels.csv").read_text("utf-8").splitlines()
    assert head == "key,label,distance" and first.startswith("K100,")
    assert "1 number, 1 category, 1 ordered category; left out: 'key' (identifier), 'a' (ignored)" in ran.err


def several(ran: Ran) -> None:
    said = ran.json()["report"]
    assert {name: each["input"]["kind"] for name, each in said["inputs"].items()} == {"photo": "image", "title": "text"}
    assert len(ran.rows("several/labels.csv")) == 12 and said["modalities"]["photo"]["missing"] == 0


def appended(ran: Ran) -> None:
    lines = (ran.folder / "more.csv").read_text("utf-8").splitlines()
    assert lines[0] == "a,b,c,d,species,cluster" and len(lines) == 61
    assert [line.rpartition(",")[0] for line in lines] == (ran.folder / "flowers.csv").read_text("utf-8").splitlines()
    assert {line.rpartition(",")[2] for line in lines[1:]} == {"0", "1", "2"}


def traced(ran: Ran) -> None:
    assert "Traceback" in ran.err and ran.err.splitlines()[-1].startswith("deepkmeans: error: ")


def help_text(ran: Ran) -> None:
    assert ran.out.startswith("Usage: deepkmeans") and "Options:" in ran.out


def probabilities(ran: Ran) -> None:
    assert ran.out == "" and (ran.folder / "new.csv").exists()
    for row in ran.rows("new.csv"):
        assert sum(map(float, row[2:])) == pytest.approx(1, abs=1e-4)
        assert int(np.argmax([float(cell) for cell in row[2:]])) == int(row[1])


def curves(ran: Ran) -> None:
    said = ran.json()
    assert said["k"] == [2, 3, 4] and said["rows"] == 60
    assert (ran.folder / "curves.svg").read_text("utf-8").count("<svg") == 1


def wanted(**expected: object):  # type: ignore[no-untyped-def]
    """Keys of the JSON object."""

    def check(ran: Ran) -> None:
        said = ran.json()
        assert {name: said[name] for name in expected} == expected

    return check


def says(words: str, where: str = "err"):  # type: ignore[no-untyped-def]
    """A stream holds these words."""

    def check(ran: Ran) -> None:
        assert words in getattr(ran, where), (ran.out, ran.err)

    return check


def output_rows(n: int):  # type: ignore[no-untyped-def]
    def check(ran: Ran) -> None:
        assert len(ran.out.splitlines()) == 1 + n

    return check


def without_report(ran: Ran) -> None:
    assert not (ran.folder / "silent" / "report.html").exists() and "report" not in ran.err


def described(ran: Ran) -> None:
    said = ran.json()
    assert len(said["summary"]) == 3 and said["n_samples"] == 60 and said["data"].endswith("flowers.csv")
    assert [cluster["size"] for cluster in said["clusters"]] == [
        sum(row[1] == str(number) for row in ran.rows("run/labels.csv")) for number in range(3)
    ]
    assert "flowers.csv: the data of the fit, unchanged" in ran.err


def a_row(ran: Ran) -> None:
    said = ran.json()
    assert said["row"] == "17" and str(said["cluster"]) == ran.rows("run/labels.csv")[17][1]
    assert {each["column"] for each in said["contributions"]} == {"a", "b", "c", "d"}
    assert said["smallest_change"]["to_cluster"] not in (None, said["cluster"])


def a_page(ran: Ran) -> None:
    page = (ran.folder / "page.html").read_text("utf-8")
    assert ran.json()["out"] == "page.html" and page.lower().startswith("<!doctype html>")
    assert 'lang="zh' in page and "Blumen" in page


def shown(ran: Ran) -> None:
    said = ran.json()
    assert len(said["summary"]) == 3 and said["page"].endswith("report.html") and (ran.folder / said["page"]).is_file()
    assert (said["seed"], said["run"], ran.err) == (3, "run", "") and ran.run("run")["seed"] == 3
    assert {row["method"] for row in said["results"]} == {"kmeans", "sequential"}
