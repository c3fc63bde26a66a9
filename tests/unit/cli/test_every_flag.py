"""Every flag of every help text is tried once, and seen to do something; a flag without a try fails by its name."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

import deepkmeans.datasets
from deepkmeans import __version__
from deepkmeans.cli import main
from tests.unit.data.media.drawn import folder_of, three_kinds

from .conftest import three_groups, write_csv
from .looks import (
    a_network,
    a_page,
    a_row,
    appended,
    balanced,
    configured,
    curves,
    described,
    dry,
    help_text,
    laid_out,
    noisy,
    output_rows,
    planned,
    probabilities,
    quiet,
    recognised,
    resumed,
    says,
    several,
    shown,
    spelled_alike,
    spoken,
    traced,
    wanted,
    without_report,
)
from .tries import Ran, Terminal, Try, every_flag, lay_out

NETWORK = ("fit flowers.csv --clusters 3 --objective dcn --embedding-dim 2 --pretrain-epochs 1 --max-epochs 2 "
           "--batch-size 64 --learning-rate 0.01 --seed 5 --device cpu --label-column species")  # fmt: skip
PLAIN = "fit flowers.csv -k 3 --partition k-means --drop species --device cpu"


NUMBERS = "fit numbers.csv -k 2 --partition k-means"
#: How a file is written, said outright; the file is that of the fit in another spelling.
SPELLED = "--separator ; --decimal , --encoding latin-1 --comment % --skipfooter 1"
KINDS = "--kind a=ignored --kind size=ordinal --levels size=S,M,L"
TRIES = [
    Try(f"fit spelled.csv -k 3 --device cpu --drop species --out spelled {SPELLED}", spelled_alike),
    Try(f"fit mixed.csv -k 3 --device cpu --out mixed --json {KINDS}", recognised),
    *(
        Try(f"{verb} --header-line 0", says("--header-line takes a whole number >= 1; got '0'"), code=2)
        for verb in ("fit flowers.csv", "predict run flowers.csv", "select flowers.csv", "evaluate run")
    ),
    Try("fit flowers.csv --sheet 1", says("--sheet is for spreadsheets; got flowers.csv"), code=2),
    Try("fit flowers.csv --member a.csv", says("--member is for zip archives; got flowers.csv"), code=2),
    Try("fit mixed.csv --encoder nowhere", says("--encoder takes a local folder, or a name on the hub"), code=2),
    Try(f"predict run spelled.csv {SPELLED}", output_rows(60)),
    Try("predict run flowers.csv --sheet 1", says("--sheet is for spreadsheets"), code=2),
    Try("predict run flowers.csv --member a.csv", says("--member is for zip archives"), code=2),
    Try(f"select spelled.csv --k-range 2:3 --estimator kmeans --drop species --json {SPELLED}", wanted(rows=60)),
    Try(f"select mixed.csv --k-range 2:3 --json {KINDS}", wanted(rows=60)),
    Try("select flowers.csv --sheet 1", says("--sheet is for spreadsheets"), code=2),
    Try("select flowers.csv --member a.csv", says("--member is for zip archives"), code=2),
    Try("fit products.csv -k 2 --image photo --text title --partition k-means --out several --json", several),
    Try("fit products.csv --audio photo", says("--audio photo: products.csv, column 'photo': None of the 12"), code=3),
    Try("select products.csv --k-range 2:3 --image photo --text title --json", wanted(rows=12)),
    Try("select products.csv --audio photo", says("--audio photo: products.csv, column 'photo': None of the"), code=3),
    Try("select mixed.csv --encoder nowhere", says("--encoder takes a local folder"), code=2),
    Try(f"evaluate run --labels spelled.csv --label-column species --json {SPELLED}", wanted(n_rows=60, n_classes=3)),
    Try("evaluate run --labels flowers.csv --sheet 1", says("--sheet is for spreadsheets"), code=2),
    Try("evaluate run --labels flowers.csv --member a.csv", says("--member is for zip archives"), code=2),
    Try(f"{NETWORK} --out other --columns a,c --header --max-memory 64M --missing impute --scaling robust "
        "--reduce none --precision bfloat16 --checkpoint-every 1 --json --no-progress", a_network),
    Try(f"{NETWORK} --out unfinished --resume", resumed),
    Try(f"{PLAIN} --out run --quiet --force", quiet),
    Try(f"{PLAIN} --out run -q", says("--force"), code=2),
    Try(f"{PLAIN} --out spoken --verbose", spoken),
    Try(f"{PLAIN} --out spoken -v", spoken),
    Try(f"{PLAIN} --out none --dry-run --json", dry),
    Try("fit flowers.csv -k 2 --partition k-means --drop species --device cpu --balance 1 --out balanced", balanced),
    Try(f"{PLAIN} --noise 0.1 --out noisy", noisy),
    Try("fit flowers.csv --noise 0.6", says("--noise must be"), code=2),
    Try(f"{PLAIN} --out appended --append more.csv", appended),
    Try("predict run flowers.csv --append more.csv", appended),
    Try("fit flowers.csv --config fit.toml --out by-file", configured),
    Try("fit none.csv --debug", traced, code=3),
    Try("fit flowers.csv -k 3 --drop species --partition k-means --reduce tsne --out tsne --verbose", laid_out),
    Try("fit flowers.csv -k 3 --drop species --partition k-means --reduce tsne --dry-run --json", planned),
    Try("fit holes.csv -k 3 --drop species --missing error", says("'b'"), code=3),
    Try(f"{NUMBERS} --no-header --out plain", says("12 rows in 2 clusters", "out")),
    Try(f"{NUMBERS} --header --out plain", says("11 rows in 2 clusters", "out")),
    Try("fit flowers.csv --max-memory 1K", says("--max-memory"), code=3),
    Try("fit --help", help_text), Try("fit -h", help_text),
    Try("predict run flowers.csv --proba --out new.csv --max-memory 64M", probabilities),
    Try("predict run flowers.csv --out flowers-labels.csv --force --quiet", quiet),
    Try("predict run flowers.csv --out flowers-labels.csv -q", says("--force"), code=2),
    Try("predict run flowers.csv --json", wanted(data="flowers.csv", rows=60)),
    Try("predict plain-run numbers.csv --header", output_rows(11)),
    Try("predict plain-run numbers.csv --no-header", output_rows(12)),
    Try("predict none.dkm flowers.csv --debug", traced, code=4),
    Try("predict run flowers.csv --max-memory 1K", says("--max-memory"), code=3),
    Try("predict --help", help_text), Try("predict -h", help_text),
    Try("select flowers.csv --k-range 2:4 --estimator kmeans --plot curves.svg --columns a,b,species "
        "--label-column species --max-memory 64M --seed 1 --json", curves, slow=True),
    Try("select flowers.csv --k-range 2:3 --estimator kmeans --drop species --plot taken.svg --force -q", quiet,
        slow=True),
    Try("select flowers.csv --k-range 2:3 --estimator kmeans --drop species --plot taken.svg --quiet",
        says("--force"), code=2),
    Try("select numbers.csv --k-range 2:3 --estimator kmeans --header --json", wanted(rows=11)),
    Try("select numbers.csv --k-range 2:3 --estimator kmeans --no-header --json", wanted(rows=12)),
    Try("select numbers.csv --estimator kmeans --verbose", says("change with --k-range A:B")),
    Try("select numbers.csv --estimator kmeans -v", says("change with --k-range A:B")),
    Try("select none.csv --debug", traced, code=3),
    Try("select flowers.csv --max-memory 1K", says("--max-memory"), code=3),
    Try("select --help", help_text), Try("select -h", help_text),
    Try("evaluate run --labels flowers.csv --label-column species --header --max-memory 64M --json",
        wanted(n_rows=60, n_classes=3, n_clusters=3)),
    Try("evaluate run --labels classes.csv --no-header --label-column 0 --json", wanted(n_rows=60, n_classes=3)),
    Try("evaluate run --labels some-classes.csv --label-column species --quiet", quiet),
    Try("evaluate run --labels some-classes.csv --label-column species -q", quiet),
    Try("evaluate none --debug", traced, code=4),
    Try("evaluate run --labels flowers.csv --label-column species --max-memory 100", says("--max-memory"), code=3),
    Try("evaluate --help", help_text), Try("evaluate -h", help_text),
    Try(f"{PLAIN} --out after --align-to run", says("clusters as before: 0, 1, 2; 100.0% of the rows", "out")),
    Try("predict run flowers.csv --names", says("`deepkmeans rename run CLUSTER NAME`"), code=2),
    Try("merge run 0 2 --json", wanted(n_clusters=2, cluster_sizes=[40, 20], renumbered={})),
    Try("merge run 0 2 --quiet", quiet), Try("merge run 0 2 -q", quiet),
    Try("merge none.dkm 0 1 --debug", traced, code=4),
    Try("merge --help", help_text), Try("merge -h", help_text),
    Try("rename run 1 Owls --json", wanted(cluster_names={"1": "Owls"})),
    Try("rename run 1 Owls --quiet", quiet), Try("rename run 1 Owls -q", quiet),
    Try("rename none.dkm 1 Owls --debug", traced, code=4),
    Try("rename --help", help_text), Try("rename -h", help_text),
    Try("split run 0 flowers.csv --clusters 2 --header --max-memory 64M --json", wanted(n_clusters=4)),
    Try("split run 0 -k 2 --quiet", quiet), Try("split run 0 -k 2 -q", quiet),
    Try(f"split run 0 spelled.csv -k 2 --json {SPELLED}", wanted(n_clusters=4)),
    Try("split plain-run 0 numbers.csv -k 2 --no-header --json", wanted(n_clusters=3)),
    Try("split run 0 flowers.csv -k 2 --header-line 0", says("--header-line takes a whole number"), code=2),
    Try("split run 0 flowers.csv -k 2 --sheet 1", says("--sheet is for spreadsheets"), code=2),
    Try("split run 0 flowers.csv -k 2 --member a.csv", says("--member is for zip archives"), code=2),
    Try("split run 0 flowers.csv -k 1 --debug", traced, code=2),
    Try("split --help", help_text), Try("split -h", help_text),
    Try(f"{PLAIN} --out silent --no-report", without_report),
    Try("describe run --json", described), Try("describe run", says("Cluster 0", "out")),
    Try("describe run flowers.csv --quiet", quiet), Try("describe run flowers.csv -q", quiet),
    Try("describe none.dkm --debug", traced, code=4),
    Try("describe --help", help_text), Try("describe -h", help_text),
    Try("explain run --row 17 --json", a_row), Try("explain run --cluster 1", says("Cluster 1", "out")),
    Try("explain run --row 60 --quiet", says("in labels.csv, '0' to '59'; got '60'"), code=2),
    Try("explain run flowers.csv --row 17 -q", quiet), Try("explain none.dkm --row 0 --debug", traced, code=4),
    Try("explain --help", help_text), Try("explain -h", help_text),
    Try("report run --out page.html --lang zh --title Blumen --json", a_page),
    Try("report run --out taken.svg --force --quiet", quiet),
    Try("report run --out taken.svg -q", says("--force"), code=2),
    Try("report none.dkm --out page.html --debug", traced, code=4),
    Try("report --help", help_text), Try("report -h", help_text),
    Try("info run --json", wanted(n_features=4, estimator="DeepKMeans")),
    Try("info run --quiet", quiet), Try("info run -q", quiet),
    Try("info none.dkm --debug", traced, code=4),
    Try("info --help", help_text), Try("info -h", help_text),
    Try("demo --out run --force --seed 3 --json --quiet", shown, slow=True),
    Try("demo --out run -q", says("--force"), code=2),
    Try("demo --seed x --debug", traced, code=2),
    Try("demo --help", help_text), Try("demo -h", help_text),
    Try("doctor --json", wanted(deepkmeans=__version__)),
    Try("doctor --quiet", quiet), Try("doctor -q", quiet), Try("doctor --debug", says("torch", "out")),
    Try("doctor --help", help_text), Try("doctor -h", help_text),
    Try("--version", says(f"deepkmeans {__version__}\n", "out")),
    Try("--help", help_text), Try("-h", help_text),
]  # fmt: skip
#: They write into the files of the shell that runs the command.
OF_THE_SHELL = {("", "--install-completion"), ("", "--show-completion")}


def test_every_flag_has_a_try() -> None:
    tried = frozenset().union(*(each.flags for each in TRIES))
    every = {*every_flag()}
    assert len(every) > 80
    missing = {f"{verb} {flag}".strip() for verb, flag in every - tried - OF_THE_SHELL}
    assert missing == set(), "try each of these in TRIES, and look at what it does"
    assert tried - every == set(), "tries of flags that no verb has"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files, a finished run, and one that was killed after its last epoch."""
    folder = tmp_path_factory.mktemp("made")
    X, groups = three_groups(60)
    write_csv(folder / "flowers.csv", X, groups)
    holes = X.copy()
    holes[::20, 1] = np.nan
    write_csv(folder / "holes.csv", holes, groups)
    flowers = (folder / "flowers.csv").read_text()
    (folder / "spelled.csv").write_text("% no row\n" + flowers.replace(",", ";").replace(".", ",") + "Total;;;;\n")
    (folder / "mixed.csv").write_text("key,a,b,size,colour\n" + "".join(
        f"K{100 + i},{row[0]:.3f},{row[1]:.3f},{'SML'[i % 3]},{('red', 'green', 'blue')[group]}\n"
        for i, (row, group) in enumerate(zip(X, groups, strict=True))
    ))  # fmt: skip
    (folder / "numbers.csv").write_text("".join(f"{1 + i},{i % 2 * 10 + i / 20}\n" for i in range(12)))
    (folder / "classes.csv").write_text("".join(f"{'rlr'[group]}{group}\n" for group in groups))
    (folder / "some-classes.csv").write_text("species\n" + "".join(f"{'rli'[g] if i else 'NA'}\n" for i, g in
                                                                     enumerate(groups)))  # fmt: skip
    (folder / "fit.toml").write_text('clusters = 2\nseed = 7\ndrop = ["species"]\npartition = "k-means"\n')
    (folder / "taken.svg").write_text("taken")
    (folder / "flowers-labels.csv").write_text("taken")
    folder_of(folder, three_kinds(12)[0])
    (folder / "products.csv").write_text("photo,title\n" + "".join(
        f"{i:03}.png,{('red apple', 'fast car')[i % 2]}\n" for i in range(12)
    ))  # fmt: skip
    with contextlib.chdir(folder):
        assert main([*NETWORK.split(), "--out", "run", "--checkpoint-every", "1", "--quiet"]) == 0
        assert main([*f"{NUMBERS} --no-header --out plain-run --quiet".split()]) == 0
    (folder / "unfinished").mkdir()
    shutil.move(folder / "run" / "checkpoints", folder / "unfinished")
    (folder / "unfinished" / ".deepkmeans-unfinished").touch()
    return folder


@pytest.fixture
def short_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo of one objective on small data."""
    module = importlib.import_module("deepkmeans.cli.demo")
    for name in ("load_digits", "load_iris"):
        whole = getattr(deepkmeans.datasets, name)()
        few = dataclasses.replace(whole, X=whole.X[::5][:40], y=whole.y[::5][:40])
        monkeypatch.setattr(deepkmeans.datasets, name, lambda few=few: few)
    monkeypatch.setattr(module, "OBJECTIVES", ("sequential",))
    monkeypatch.setattr(module, "_SHOWN", "sequential")
    monkeypatch.setattr(module, "_TRAINING", {name: {"pretrain_epochs": 1, "max_epochs": 1} for name in
                                              ("digits", "iris")})  # fmt: skip


@pytest.mark.parametrize(
    "attempt",
    [pytest.param(each, id=str(each), marks=[pytest.mark.slow] if each.slow else []) for each in TRIES],
)
def test_a_try(
    attempt: Try, made: Path, short_demo: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    lay_out(made, tmp_path)
    monkeypatch.chdir(tmp_path)
    code = main(attempt.line.split())
    captured = capsys.readouterr()
    assert code == attempt.code, captured.err
    attempt.check(Ran(code, captured.out, captured.err, tmp_path))


def test_no_progress_leaves_a_terminal_without_a_line(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    lay_out(made, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "xterm")
    seen = []
    for more in ((), ("--no-progress",)):
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        assert main([*NETWORK.split(), "--out", f"shown{len(seen)}", *more]) == 0
        seen.append(terminal.getvalue())
    assert "elapsed" in seen[0] and "\033[?25l" in seen[0]
    assert "elapsed" not in seen[1] and "\033[?25l" not in seen[1] and "results go to" in seen[1]


def test_the_files_of_a_run_are_those_of_the_page(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.architecture._sources import ROOT

    page = (ROOT / "docs" / "command-line.md").read_text("utf-8").split("## A run is a folder")[1].split("\n## ")[0]
    said = {name.rstrip("/") for name in re.findall(r"^\| `([\w./]+)` \|", page, flags=re.MULTILINE)}
    lay_out(made, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DEEPKMEANS_FIT_NO_REPORT")
    assert main([*NETWORK.split(), "--out", "whole", "--checkpoint-every", "1", "--quiet"]) == 0
    assert {path.name for path in (tmp_path / "whole").iterdir()} == said
