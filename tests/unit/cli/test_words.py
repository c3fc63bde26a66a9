"""What the command says of itself: flags and files, not parameters of Python, and where a wrong value came from."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import deepkmeans
from deepkmeans import DeepKMeans
from deepkmeans.cli import main
from deepkmeans.cli.exit_codes import describe
from deepkmeans.cli.flags import in_flags, in_flags_of_fit
from deepkmeans.cli.options import errors_in_flags
from deepkmeans.exceptions import (
    InvalidParameterError,
    MissingDependencyError,
    ModelFileError,
    TrainingDivergedError,
)
from deepkmeans.runtime import resolve_device
from deepkmeans.storage.archive import why_foreign

from .conftest import three_groups, write_csv


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fit", "my", "data.csv"], "`deepkmeans fit` takes DATA; got 'data.csv' as well: put quotes around a name"),
        (["predict", "run", "a.csv", "b.csv", "c d"], "takes RUN_OR_MODEL and DATA; got 'b.csv', 'c d' as well"),
        (["doctor", "now"], "`deepkmeans doctor` takes no file; got 'now' as well"),
    ],
)
def test_too_many_files(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    line = last_line(capsys)
    assert words in line
    assert "unexpected" not in line


@pytest.mark.parametrize("verb", ["fit", "predict run", "select", "evaluate"])
def test_a_flag_and_its_opposite(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*verb.split(), "x.csv", "--header", "--no-header"]) == 2
    assert "--header and --no-header contradict each other; leave one of them out" in last_line(capsys)
    assert main([*verb.split(), "x.csv", "--header", "--header"]) in (3, 4)  # there is no such file


def test_a_variable_that_is_no_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DEEPKMEANS_FIT_CLUSTER", "3")
    assert main(["fit", "x.csv"]) == 3
    said = capsys.readouterr().err
    assert said.count("DEEPKMEANS_FIT_CLUSTER is no option of `deepkmeans fit` and is ignored") == 1
    assert "(did you mean DEEPKMEANS_FIT_CLUSTERS?)" in said
    for other in (["fit", "x.csv", "--quiet"], ["select", "x.csv"]):
        assert main(other) == 3
        assert "FIT_CLUSTER" not in capsys.readouterr().err


def test_a_wrong_value_and_where_it_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "fit.toml"
    config.write_text("max-epochs = 'few'\n")
    assert main(["fit", "x.csv", "--config", str(config)]) == 2
    assert last_line(capsys).endswith(f"(from --config {config})")
    monkeypatch.setenv("DEEPKMEANS_FIT_CLUSTERS", "many")
    assert main(["fit", "x.csv"]) == 2
    assert last_line(capsys).endswith("(from the environment variable DEEPKMEANS_FIT_CLUSTERS)")
    assert main(["fit", "x.csv", "--clusters", "many"]) == 2
    assert "(from" not in last_line(capsys)


def test_advice_names_flags() -> None:
    said = in_flags(
        "DeepKMeans reached max_epochs=3 before convergence (in the last epoch 2% of labels still changed; loss 1 "
        "to 2; tol=0.001); raise max_epochs or tol."
    )
    assert said.endswith("reached --max-epochs 3 before convergence (in the last epoch 2% of labels still changed; "
                         "loss 1 to 2); raise --max-epochs.")  # fmt: skip
    said = in_flags("The embedding has shrunk to one point: try another objective or a lower learning_rate.")
    assert said.endswith("try another --objective or a lower --learning-rate.")
    with pytest.raises(InvalidParameterError, match="asks for 'cuda:99'.*use --device auto or cpu"), errors_in_flags():
        resolve_device("cuda:99")
    with pytest.raises(MissingDependencyError, match="^--reduce umap needs .*; give reduce=PCA"), errors_in_flags():
        raise MissingDependencyError("reduce='umap' needs the package 'umap'; give reduce=PCA(2)")
    with pytest.raises(TrainingDivergedError) as caught, errors_in_flags():
        raise TrainingDivergedError("so; lower learning_rate, check the input, or use precision='float32'.", epoch=3)
    caught.value.add_note("the model is kept")
    assert describe(caught.value) == (
        "so; lower --learning-rate, check the input, or use --precision float32; the model is kept"
    )
    assert caught.value.epoch == 3
    for start in (b"", b"anything"):
        said = describe(ModelFileError(str(why_foreign(start))))
        assert "save()" not in said and "fit" in said


def test_one_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.csv").write_text("a,b\n1,2\n")
    for arguments in (["select"], ["fit", "-k", "auto"], ["fit", "-k", "3"]):
        assert main([arguments[0], str(tmp_path / "one.csv"), *arguments[1:], "--verbose"]) == 3
        said = capsys.readouterr().err
        assert "has 1 row" in said and "1 rows" not in said
        assert "sample" not in said


@pytest.mark.parametrize("verb", ["fit", "select"])
@pytest.mark.parametrize("flag", ["--columns", "--drop"])
@pytest.mark.parametrize("text", ["a,,b", "a,", ",a", "a, ,b"])
def test_a_list_with_an_empty_name(verb: str, flag: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "x.csv", flag, text]) == 2
    assert f"{flag}: a name is empty in {text!r}" in last_line(capsys)


@pytest.mark.parametrize("verb", ["fit", "select", "evaluate"])
def test_an_empty_label_column(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "x.csv", "--label-column", ""]) == 2
    line = last_line(capsys)
    assert "--label-column" in line and "a name is needed; got an empty one" in line


def test_one_row_is_one_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.save(tmp_path / "x.npy", np.array([[1.0]]))
    run = tmp_path / "run"
    assert main(["fit", str(tmp_path / "x.npy"), "-k", "1", "--partition", "k-means", "--device", "cpu", "--out",
                 str(run)]) == 0  # fmt: skip
    assert "1 row in 1 cluster of 1 row;" in capsys.readouterr().out
    assert main(["info", str(run)]) == 0
    assert "1 cluster of 1 column," in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["select", "-"], ["fit", "-", "-k", "auto"]])
def test_one_row_on_standard_input(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a,b\n1,2\n")))
    assert main(arguments) == 3
    assert "error: standard input has 1 row;" in last_line(capsys)


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("out", " ", "'--out': a name is needed; got an empty one"),
        ("force", "perhaps", "'--force'"),
        ("header", "perhaps", "--header"),
        ("label-column", " ", "'--label-column': a name is needed"),
        ("out", "a" * 300, "'--out': the name is too long"),
        ("columns", "a,,b", "--columns: a name is empty"),
        ("max-memory", "much", "--max-memory must be a size"),
        ("partition", "k-medoids", "--partition must be"),
        ("checkpoint-every", "0", "--checkpoint-every must be an integer"),
        ("clusters", "0", "--clusters must be an integer"),
    ],
)
def test_every_refused_value_says_where_it_came_from(
    option: str, value: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Path("x.csv").write_text("a,b\n1,2\n3,4\n")
    variable = f"DEEPKMEANS_FIT_{option.upper().replace('-', '_')}"
    monkeypatch.setenv(variable, value)
    assert main(["fit", "x.csv", "-k", "2"][: 2 if option == "clusters" else 4]) == 2
    line = last_line(capsys)
    assert words in line and line.endswith(f"(from the environment variable {variable})")
    monkeypatch.delenv(variable)
    if value != "perhaps":  # a flag that is neither true nor false has a line of its own
        Path("fit.toml").write_text(f"{option} = {value!r}\n")
        assert main(["fit", "x.csv", "--config", "fit.toml"]) == 2
        line = last_line(capsys)
        assert words in line and line.endswith("(from --config fit.toml)")
    assert main(["fit", "x.csv", f"--{option}"] + ([value] if value != "perhaps" else ["--max-epochs", "few"])) == 2
    assert "(from" not in last_line(capsys)


def test_every_option_that_contradicts_has_its_origin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("fit.toml").write_text("verbose = true\n")
    monkeypatch.setenv("DEEPKMEANS_FIT_QUIET", "1")
    assert main(["fit", "x.csv", "--config", "fit.toml"]) == 2
    assert last_line(capsys).endswith(
        "(--quiet is from the environment variable DEEPKMEANS_FIT_QUIET, --verbose is from --config fit.toml)"
    )
    monkeypatch.setenv("DEEPKMEANS_FIT_CONFIG", "none.toml")
    assert main(["fit", "x.csv"]) == 2
    line = last_line(capsys)
    assert "--config none.toml cannot be read" in line
    assert line.endswith("(from the environment variable DEEPKMEANS_FIT_CONFIG)")
    monkeypatch.setenv("DEEPKMEANS_SELECT_K_RANGE", "3-7")
    assert main(["select", "x.csv"]) == 2
    assert last_line(capsys).endswith("(from the environment variable DEEPKMEANS_SELECT_K_RANGE)")


#: What estimators warn of, and what a verb other than fit says.
WARNED = {
    "DeepKMeans reached max_epochs=3 before convergence (loss 1 to 2; tol=0.001); raise max_epochs or tol.":
        "DeepKMeans reached fit --max-epochs 3 before convergence (loss 1 to 2); raise fit --max-epochs.",
    "K-Means stopped at max_iter=300 before it converged; raise max_iter or tol.":
        "K-Means stopped after 300 iterations before it converged.",
    "Number of distinct clusters (2) found smaller than n_clusters (3). Possibly due to duplicate points in X.":
        "Number of distinct clusters (2) found smaller than fit --clusters 3. Possibly due to equal rows.",
    "Look at alternatives_, or at n_clusters='auto'.":
        "Look at report.alternatives in run.json, or at fit --clusters auto.",
}  # fmt: skip


@pytest.mark.parametrize("verb", ["predict", "select", "evaluate"])
def test_warnings_are_in_flags_at_every_verb(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    X, groups = three_groups(60)
    write_csv(tmp_path / "x.csv", X, groups)
    fit = ["fit", "x.csv", "-k", "3", "--partition", "k-means", "--label-column", "species", "--out", "run", "--quiet"]
    assert main([*fit, "--device", "cpu"]) == 0
    capsys.readouterr()

    def warning(call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **options: Any) -> Any:
            for text in WARNED:
                warnings.warn(text, UserWarning, stacklevel=2)
            return call(*arguments, **options)

        return run

    monkeypatch.setattr(DeepKMeans, "predict", warning(DeepKMeans.predict))
    for module, name in ((deepkmeans.model_selection, "select_n_clusters"), (deepkmeans.metrics, "evaluate")):
        monkeypatch.setattr(module, name, warning(getattr(module, name)))
    arguments = {
        "predict": ["run", "x.csv"], "evaluate": ["run"],
        "select": ["x.csv", "--label-column", "species", "--k-range", "2:3", "--estimator", "kmeans"],
    }  # fmt: skip
    assert main([verb, *arguments[verb]]) == 0
    said = capsys.readouterr().err
    for words in WARNED.values():
        assert f"deepkmeans: warning: {words}" in said
    assert "n_clusters" not in said and "max_iter" not in said


def test_flags_of_fit_are_named_once() -> None:
    for text in ("set fit --clusters 3", "--clusters-of-mine", "--k-range 2:3", "--max-memory 4G", "--drop a"):
        assert in_flags_of_fit(text) == text
