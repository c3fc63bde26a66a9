"""Values of options are judged as the estimator judges them, before data are read or anything heavy is loaded."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import nullcontext
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from deepkmeans import Autoencoder, DeepKMeans, KMeans, save
from deepkmeans.cli import main
from deepkmeans.cli.absent_device import check_device
from deepkmeans.cli.options import checked_values, parse_columns
from deepkmeans.estimators.constraints import DEEP_KMEANS
from deepkmeans.exceptions import InvalidParameterError
from tests.subprocesses import environment

#: No whole number, or none that any option takes.
NO_NUMBERS = ("", " ", " 3", "3 ", "nan", "inf", "-inf", "1e400", "1_000", "٣", "３", "0x10", "1.5", "-1", "--1", "1,0",
              "99999999999999999999", "9" * 5000, "Infinity", "1e-400")  # fmt: skip
WHOLE = ("--clusters", "--embedding-dim", "--pretrain-epochs", "--max-epochs", "--batch-size", "--checkpoint-every",
         "--seed")  # fmt: skip


def refused(capsys: pytest.CaptureFixture[str], flag: str, *arguments: str) -> str:
    """The one line of a usage error about ``flag``."""
    assert main(list(arguments)) == 2, arguments
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    line = captured.err.strip()
    assert line.startswith(f"deepkmeans: error: {flag} ") and len(line) < 300
    return line


@pytest.mark.parametrize("flag", WHOLE)
def test_whole_numbers(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    for value in NO_NUMBERS:
        line = refused(capsys, flag, "fit", "there-is-none.csv", f"{flag}={value}")
        assert "must be an integer" in line


@pytest.mark.parametrize("value", ["", " ", "nan", "inf", "-inf", "1e400", "0", "-0", "-1", "1_0.5", "٣", "0x1p3"])
def test_learning_rates(value: str, capsys: pytest.CaptureFixture[str]) -> None:
    line = refused(capsys, "--learning-rate", "fit", "there-is-none.csv", f"--learning-rate={value}")
    assert "must be a number > 0 or 'auto'" in line


@pytest.mark.parametrize(
    "option",
    [
        "-k3", "--clusters=AUTO", "--clusters=auto", "--embedding-dim=intrinsic", "--batch-size=auto", "--seed=-0",
        "--seed=4294967295", "--learning-rate=1e-3", "--learning-rate=.5", "--learning-rate=5.", "--objective=DCN",
        "--device=cuda:1", "--batch-size=+64", "--max-epochs=9223372036854775807",
    ],
)  # fmt: skip
def test_accepted(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", "there-is-none.csv", option]) == 3
    assert "there is no such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("--objective", ""), ("--scaling", ""), ("--reduce", "none "), ("--missing", ""), ("--precision", "float16"),
        ("--device", ""), ("--device", "cudda"), ("--device", "cuda:x"), ("--partition", ""), ("--partition", "  "),
        ("--partition", "kmeans"), ("--partition", "K-Means"), ("--partition", "atuo"),
        ("--seed", "4294967296"), ("--columns", ""), ("--columns", '"a'), ("--drop", " , "),
    ],
)  # fmt: skip
def test_other_options_of_fit(flag: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    refused(capsys, flag, "fit", "there-is-none.csv", flag, value)


@pytest.mark.parametrize(
    "arguments",
    [
        ["select", "--seed", "-1"], ["select", "--seed", "1_0"], ["select", "--seed", "4294967296"],
        ["select", "--seed", ""], ["select", "--estimator", ""], ["select", "--k-range", ""],
        ["select", "--k-range", "1_0:20"], ["demo", "--seed", "-1"], ["demo", "--seed", "nan"],
        ["demo", "--seed", "4294967296"],
    ],
)  # fmt: skip
def test_other_verbs(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    verb, flag, value = arguments
    refused(capsys, flag, verb, *(["there-is-none.csv"] if verb == "select" else []), flag, value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["fit", ""], ["fit", "x.csv", "--out", ""], ["fit", "x.csv", "--out="], ["fit", "x.csv", "--config", ""],
        ["predict", "", "x.csv"], ["predict", "m.dkm", ""], ["predict", "m.dkm", "x.csv", "--out", " "], ["info", ""],
        ["select", ""], ["select", "x.csv", "--plot", ""], ["evaluate", ""], ["evaluate", "x", "--labels", ""],
        ["demo", "--out", ""],
    ],
)  # fmt: skip
def test_an_empty_name_is_not_the_current_folder(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert "a name is needed; got an empty one" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_option_given_twice(capsys: pytest.CaptureFixture[str]) -> None:
    line = refused(capsys, "--clusters", "fit", "x.csv", "-k", "3", "--clusters=4")
    assert line.endswith("--clusters is given as '3' and '4'; give one of them")
    assert main(["fit", "there-is-none.csv", "-k3", "--clusters", "3", "-q", "--quiet"]) == 3
    capsys.readouterr()
    refused(capsys, "--quiet", "fit", "x.csv", "-q", "-v")


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ('clusters = ""', "--clusters"), ("clusters = nan", "--clusters"), ("clusters = -0.5", "--clusters"),
        ("learning-rate = inf", "--learning-rate"), ("batch-size = 99999999999999999999", "--batch-size"),
        ("seed = -1", "--seed"), ("max-epochs = 2024-01-01", "--max-epochs"), ("clusters = [3, 4]", "--config"),
        ("clusters = true", "--config"), ('force = "yes"', "--config"), ("quiet = 1", "--config"),
        ('out = ["a", "b"]', "--config"),
    ],
)  # fmt: skip
def test_the_configuration_file(text: str, flag: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "fit.toml"
    path.write_text(text + "\n")
    refused(capsys, flag, "fit", "there-is-none.csv", "--config", str(path))


def test_lists_in_the_configuration_file_keep_their_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "data.csv").write_text('"a,b",c,d\n' + "1,2,3\n2,1,4\n" * 5)
    (tmp_path / "fit.toml").write_text('clusters = 2\ncolumns = ["a,b", "d"]\ndry-run = true\nseed = 1_0\n')
    assert main(["fit", str(tmp_path / "data.csv"), "--config", str(tmp_path / "fit.toml"), "--json"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["plan"]["columns"] == 2
    assert "seed 10" in captured.err


@pytest.mark.parametrize(
    ("name", "value", "flag"),
    [("FIT_CLUSTERS", "1_000", "--clusters"), ("FIT_SEED", "-1", "--seed"), ("FIT_LEARNING_RATE", "inf",
     "--learning-rate"), ("FIT_BATCH_SIZE", "99999999999999999999", "--batch-size"), ("FIT_SEED", " ", "--seed")],
)  # fmt: skip
def test_the_environment(
    name: str, value: str, flag: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"DEEPKMEANS_{name}", value)
    refused(capsys, flag, "fit", "there-is-none.csv")


def test_an_empty_variable_is_none(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPKMEANS_FIT_CLUSTERS", "")
    assert main(["fit", "there-is-none.csv"]) == 3
    assert "no such file" in capsys.readouterr().err


def test_values_become_those_of_the_estimator() -> None:
    given = {"n_clusters": "auto", "learning_rate": "1e-3", "batch_size": "64", "objective": "VaDE",
             "random_state": "7", "partition": "7/ward"}  # fmt: skip
    assert checked_values(DEEP_KMEANS, given) == {
        "n_clusters": "auto", "learning_rate": 1e-3, "batch_size": 64, "objective": "vade", "random_state": 7,
        "partition": "7/ward",
    }  # fmt: skip
    assert set(DEEP_KMEANS) | {"callbacks"} == set(DeepKMeans().get_params(deep=False))


def test_columns_in_quotes() -> None:
    assert parse_columns("--drop", 'a, "b,c",d ') == ["a", "b,c", "d"]
    assert parse_columns("--drop", None) is None


@pytest.mark.parametrize(
    ("estimator", "changes"),
    [
        (DeepKMeans, {"learning_rate": float("inf")}), (DeepKMeans, {"batch_size": 10**20}),
        (DeepKMeans, {"n_clusters": 10**400}), (DeepKMeans, {"n_clusters": 10**5000}),
        (DeepKMeans, {"learning_rate": Fraction(10**400)}), (DeepKMeans, {"random_state": -1}),
        (DeepKMeans, {"random_state": 2**32}), (DeepKMeans, {"random_state": 1.5}), (DeepKMeans, {"device": "cudda"}),
        (DeepKMeans, {"partition": ""}), (DeepKMeans, {"max_epochs": np.uint64(2**63)}),
        (DeepKMeans, {"partition": "kmeans"}),
        (KMeans, {"tol": float("inf")}), (KMeans, {"max_iter": 2**64}), (Autoencoder, {"max_epochs": 10**20}),
        (Autoencoder, {"learning_rate": np.float32("inf")}),
    ],
)  # fmt: skip
def test_the_estimators_refuse_them_too(estimator: type, changes: dict[str, object]) -> None:
    with pytest.raises(InvalidParameterError, match=f"'{next(iter(changes))}' parameter") as caught:
        estimator(**changes).fit(np.random.RandomState(0).normal(size=(12, 2)))
    assert len(str(caught.value)) < 300


#: Wrong input, its exit code and words of its line; read in a folder of data files.
WRONG = [
    (["fit", "none.csv"], 3, "no such file"),
    (["fit", "text.csv", "-k", "8"], 3, "2 rows, fewer than the 8 clusters"),
    (["fit", "two.csv", "-k", "3"], 3, "fewer than the 3"),
    (["fit", "two.csv", "--out", "text.csv"], 2, "is a file"),
    (["fit", "two.csv", "--out", "text.csv/run"], 1, "is not a folder"),
    (["fit", "two.csv", "--device", "cudda"], 2, "--device"),
    (["fit", "two.csv", "--drop", "z"], 2, "has no column 'z'"),
    (["fit", "two.csv", "-k", "2", "--missing", "errr"], 2, "did you mean 'error'?"),
    (["select", "none.csv"], 3, "no such file"),
    (["select", "long.csv"], 3, "line 3 has 3 cells"),
    (["predict", "none.dkm", "two.csv"], 4, "does not exist"),
    (["predict", "broken.dkm", "two.csv"], 4, "the file is damaged"),
    (["predict", "text.csv", "two.csv"], 4, "not a deepkmeans file"),
    (["predict", "whole.dkm", "none.csv"], 3, "no such file"),
    (["predict", "whole.dkm", "two.csv", "--out", "nowhere/labels.csv"], 1, "does not exist"),
    (["predict", "whole.dkm", "two.csv", "--out", "text.csv"], 2, "--force"),
    (["predict", "whole.dkm", "two.csv", "--out", "./two.csv", "--force"], 2, "is DATA"),
    (["fit", "two.csv", "--out", "."], 2, "is a folder with other files, not a run"),
    (["fit", "two.csv", "--device", "mps"], 2, "--device asks for 'mps'"),
    (["info", "empty.csv"], 4, "the file is empty"),
    (["info", os.devnull], 4, "is not a regular file"),
    (["evaluate", "."], 4, "no run.json"),
    (["info", "none.dkm"], 4, "does not exist"),
    (["demo", "--seed", "-1"], 2, "--seed"),
]

#: Runs commands one after another, then tells which heavy packages came with them.
PROBE = """
import json, sys
from deepkmeans.cli import main
codes = [main(arguments) for arguments in json.loads(sys.argv[1])]
print(json.dumps([codes, sorted({name.split(".")[0] for name in sys.modules} & {"torch", "sklearn"})]))
"""


def test_wrong_input_is_refused_before_torch_is_loaded(files: Path, tmp_path: Path) -> None:
    for name in ("text.csv", "two.csv", "empty.csv", "broken.dkm"):
        shutil.copy(files / name, tmp_path)
    (tmp_path / "long.csv").write_text("a,b\n1,2\n3,red,4\n")
    save(KMeans(2, random_state=0).fit(np.array([[1.0, 2.0], [3.0, 4.0]])), tmp_path / "whole.dkm")
    commands = json.dumps([arguments for arguments, _, _ in WRONG])
    probe = [sys.executable, "-c", PROBE, commands]
    done = subprocess.run(probe, env=environment(), capture_output=True, text=True, check=True, cwd=tmp_path)
    assert json.loads(done.stdout) == [[code for _, code, _ in WRONG], []]
    for line, (_, _, words) in zip(done.stderr.splitlines(), WRONG, strict=True):
        assert words in line


@pytest.mark.parametrize(
    ("text", "device", "refused"),
    [
        ("__version__ = '9.1+cpu'\ncuda: Optional[str] = None\nhip: Optional[str] = None\n", "cuda:1", True),
        ("__version__ = '9.1'\ncuda = None\nhip = None\n", "cuda", True),
        ("cuda: Optional[str] = '12.8'\nhip: Optional[str] = None\n", "cuda", False),
        ("cuda: Optional[str] = None\nhip: Optional[str] = '6.4'\n", "cuda", False),
        ("cuda = None\n", "cuda", False), ("", "cuda", False), (None, "cuda", False),
        ("cuda = None\nhip = None\n", "cpu", False), ("cuda = None\nhip = None\n", "auto", False),
    ],
)  # fmt: skip
def test_a_device_is_refused_early_where_it_is_certain(
    text: str | None, device: str, refused: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PyTorch writes down what it was built with; without a word of that the answer is left to it."""
    if text is not None:
        (tmp_path / "version.py").write_text(text)
    spec = SimpleNamespace(origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: spec)
    with pytest.raises(InvalidParameterError, match="--device asks for 'cuda") if refused else nullcontext():
        check_device(device)


def test_an_installed_pytorch_says_what_it_is_built_with() -> None:
    if torch.version.cuda is None and getattr(torch.version, "hip", None) is None:
        with pytest.raises(InvalidParameterError, match=re.escape(f"({torch.__version__}) is not built")):
            check_device("cuda:0")
    else:
        check_device("cuda:0")
