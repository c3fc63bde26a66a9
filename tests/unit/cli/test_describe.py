"""What a run found, asked after the fit: with the data of the fit, or with others."""

import json
import shutil

import numpy as np
import pytest

from deepkmeans.cli import main

FIT = "fit customers.csv -k 3 --partition k-means --device cpu --quiet"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """60 customers of three kinds, with numbers of their own, and a run with its report."""
    folder = tmp_path_factory.mktemp("described")
    random, kind = np.random.RandomState(0), np.arange(60) % 3
    income, age = (20_000 + 30_000 * kind + random.randint(0, 4000, 60)).tolist(), random.randint(20, 60, 60).tolist()
    lines = [
        f"K{100 + i},{income[i]} EUR,{age[i]},{'Bern' if kind[i] == 2 else 'Basel'}" for i in range(60)
    ]  # fmt: skip
    (folder / "customers.csv").write_text("\n".join(["customer,income,age,city", *lines]) + "\n")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        patched.delenv("DEEPKMEANS_FIT_NO_REPORT")
        assert main([*FIT.split(), "--out", "run"]) == 0
    return folder


@pytest.fixture
def folder(made, tmp_path, monkeypatch):
    """A copy of it, whose data file is that of the fit."""
    monkeypatch.chdir(made)
    shutil.copytree(made / "run", tmp_path / "run")
    return tmp_path


def called(line, capsys, code=0):
    assert main(line.split()) == code
    return capsys.readouterr()


def test_the_end_of_a_fit_says_what_it_found(made, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(made)
    monkeypatch.delenv("DEEPKMEANS_FIT_NO_REPORT")
    said = called(f"{FIT.removesuffix(' --quiet')} --out {tmp_path}/other", capsys)
    assert "The 60 rows form 3 clusters" in said.err
    assert said.err.rstrip().endswith(f"report: {tmp_path}/other/report.html")
    assert (tmp_path / "other" / "report.html").read_text("utf-8").lower().startswith("<!doctype html>")
    page = (tmp_path / "other" / "report.html").read_text("utf-8")
    assert '"names":["K100","K101"' in page and '"called":"customer"' in page  # as in labels.csv
    assert '<th scope="col">customer</th>' in page and "InputSpec" not in page
    document = json.loads(called(f"{FIT} --out {tmp_path}/third --json", capsys).out)
    assert len(document["summary"]) == 3 and document["page"] == f"{tmp_path}/third/report.html"


def test_a_report_that_fails_loses_nothing(made, tmp_path, monkeypatch, capsys):
    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.chdir(made)
    monkeypatch.delenv("DEEPKMEANS_FIT_NO_REPORT")
    monkeypatch.setattr("deepkmeans.cli.findings.write_page", full)
    said = called(f"{FIT.removesuffix(' --quiet')} --out {tmp_path}/run", capsys)
    assert f"there is no {tmp_path}/run/report.html: No space left on device" in said.err
    assert f"`deepkmeans report {tmp_path}/run` tries again" in said.err and "The 60 rows form" in said.err
    assert {path.name for path in (tmp_path / "run").iterdir()} == {
        "labels.csv", "model.dkm", "history.jsonl", "run.json",
    }  # fmt: skip


def test_a_new_run_leaves_no_report_of_the_old_one(folder, capsys):
    called(f"{FIT} --out {folder}/run --no-report --force", capsys)
    assert not (folder / "run" / "report.html").exists()


def test_rows_are_called_as_in_labels_csv(folder, capsys):
    text = called(f"explain {folder}/run --row K117", capsys).out
    first, head, *shares = text.splitlines()
    assert first.startswith("Row K117 is in cluster ") and "income" in first
    assert head.startswith("What speaks for cluster")
    assert {line.split()[0] for line in shares[:3]} == {"income", "age", "city"}
    assert text.splitlines()[-1].startswith("Row K117 would be in cluster ")
    assert "Typical rows: K1" in called(f"describe {folder}/run", capsys).out
    for name in ("17", "K160"):
        said = called(f"explain {folder}/run --row {name}", capsys, code=2).err
        assert f"--row takes the column 'customer' as in labels.csv, 'K100' to 'K159'; got '{name}'" in said


def test_one_cluster_is_that_of_describe(folder, capsys):
    every = json.loads(called(f"describe {folder}/run --json", capsys).out)["clusters"]
    one = json.loads(called(f"explain {folder}/run --cluster 1 --json", capsys).out)
    assert {name: one[name] for name in every[1]} == every[1]
    assert "Rows at its boundary: K" in called(f"explain {folder}/run --cluster 1", capsys).out
    assert "--cluster takes one of 0, 1, 2; got 3" in called(f"explain {folder}/run --cluster 3", capsys, code=2).err
    for line, words in (
        ("", "explain takes --row ROW or --cluster N, one of them"),
        ("--row K101 --cluster 1", "explain takes --row ROW or --cluster N, one of them"),
        ("--cluster one", "--cluster takes the number of a cluster; got 'one'"),
    ):
        assert words in called(f"explain {folder}/run {line}", capsys, code=2).err


def test_the_data_of_the_fit_are_taken_if_they_are_as_they_were(folder, made, capsys):
    run = json.loads((folder / "run" / "run.json").read_text())
    for path, words in (
        (folder / "gone.csv", "the data of the fit, is not there any more; give DATA: deepkmeans describe"),
        (folder / "changed.csv", "has changed since the fit (its SHA-256 is another one)"),
    ):
        (folder / "changed.csv").write_text("customer,income,age,city\nK1,3 EUR,4,Bern\n")
        run["data"]["path"] = str(path)
        (folder / "run" / "run.json").write_text(json.dumps(run))
        assert words in called(f"describe {folder}/run", capsys, code=3).err
    run["data"]["path"] = None
    (folder / "run" / "run.json").write_text(json.dumps(run))
    assert "came from standard input" in called(f"describe {folder}/run", capsys, code=2).err
    alone = shutil.copy(folder / "run" / "model.dkm", folder / "alone.dkm")
    said = called(f"describe {alone}", capsys, code=2).err
    assert f"does not say which rows it was fitted on; give DATA: deepkmeans describe {alone} DATA" in said
    assert "Cluster 0" in called(f"describe {alone} {made}/customers.csv", capsys).out


def test_a_page_replaces_its_own_and_no_other(folder, made, capsys):
    page = folder / "run" / "report.html"
    page.unlink()
    assert called(f"report {folder}/run", capsys).out.splitlines()[-1] == str(page)
    assert page.is_file()
    called(f"report {folder}/run", capsys)
    (folder / "own.html").write_text("mine")
    assert "own.html exists" in called(f"report {folder}/run --out {folder}/own.html", capsys, code=2).err
    for taken in ("run.json", "model.dkm"):
        line = f"report {folder}/run --out {folder}/run/{taken} --force"
        assert "give another --out" in called(line, capsys, code=2).err
    alone = shutil.copy(folder / "run" / "model.dkm", folder / "alone.dkm")
    said = called(f"report {alone} {made}/customers.csv", capsys, code=2).err
    assert "--out FILE is needed" in said
    assert "--lang takes en or zh; got 'fr'" in called(f"report {folder}/run --lang fr", capsys, code=2).err


def test_a_page_never_replaces_the_data_of_the_fit(made, folder, tmp_path, capsys):
    before = (made / "customers.csv").read_bytes()
    link = tmp_path / "link.html"
    link.symlink_to(made / "customers.csv")
    for out in (made / "customers.csv", link):
        said = called(f"report {folder}/run --out {out} --force", capsys, code=2)
        assert "is the data of the fit: it would be replaced" in said.err
    assert (made / "customers.csv").read_bytes() == before


def test_a_page_that_is_a_link_is_not_written_through(folder, tmp_path, capsys):
    other = tmp_path / "other.txt"
    other.write_text("precious")
    (folder / "run" / "report.html").unlink()
    (folder / "run" / "report.html").symlink_to(other)
    assert "is a link to another file" in called(f"report {folder}/run", capsys, code=2).err
    assert other.read_text() == "precious"


def test_corrected_clusters_leave_no_page_on_what_was(folder, capsys):
    assert (folder / "run" / "report.html").exists()
    said = called(f"rename {folder}/run 0 Owls", capsys)
    assert "deepkmeans report" in said.err
    assert not (folder / "run" / "report.html").exists()
    called(f"report {folder}/run", capsys)
    assert "Owls" in (folder / "run" / "report.html").read_text("utf-8")
