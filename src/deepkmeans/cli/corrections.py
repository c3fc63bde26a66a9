"""What ``merge``, ``rename`` and ``split`` share: a model is corrected and written back, and the result is said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from .._quoting import shell_word
from ..exceptions import DeepKMeansError, InvalidDataError, InvalidParameterError, ModelFileError
from ..persistence.run_labels import sizes_of
from ..persistence.run_layout import run_of
from ..persistence.run_revision import revise
from .console import Console, counted
from .fitted_file import FittedFile
from .flags import in_flags
from .options import whole_number

__all__ = ["ClusterArgument", "correct", "parse_cluster", "say_written", "sizes_line"]


def parse_cluster(text: str) -> int:
    """The number of a cluster."""
    number = whole_number(text)
    if number is None:
        raise typer.BadParameter(f"clusters are named by their numbers, 0, 1, 2 and so on; got {text!r}")
    return number


ClusterArgument = Annotated[int, typer.Argument(metavar="CLUSTER", help="Its number.", parser=parse_cluster)]
#: Arguments of the methods, and those of the command.
_ARGUMENTS = {
    r"The 'clusters' parameter of merge": "CLUSTERS", r"The 'cluster' parameter of split": "CLUSTER",
    r"The 'names' parameter of rename must name clusters by their numbers": "CLUSTER must name a cluster by its number",
    r"The 'names' parameter of rename must give names of (.*), or None to take one away": r"NAME must have \1",
    r"The 'names' parameter of rename must give different": "NAME must give different", r"The X of split": "DATA",
    r", as their labels_ are split too": "", r"; (ask for fewer|lower) with n_clusters|; lower n_clusters":
    "; lower --clusters", r"merge\(\[(\d+), (\d+)\]\) makes": r"`deepkmeans merge RUN \1 \2` makes",
}  # fmt: skip


def correct(
    given: Path, change: Callable[[Any, Mapping[str, Any]], Sequence[Any] | None]
) -> tuple[Any, dict[str, Any]]:  # fmt: skip
    """Correct the model of a run, or of a file, by ``change``, as :func:`~deepkmeans.persistence.run_revision.revise`.

    Returns
    -------
    model : DeepKMeans
    document : dict
        For ``--json``.
    """
    file = FittedFile.of(given)
    path, held = file.path, file.document.get("class")
    if held != "DeepKMeans":
        raise ModelFileError(f"{path} holds a {held}, whose clusters cannot be corrected; give that of a DeepKMeans")

    with _in_words_of_the_command():
        model = revise(path, change)
    return model, {
        "model": str(path), "correction": next(reversed(model.report_.get("corrections", [])), None),
        "n_clusters": model.n_clusters_, **sizes_of(model),
        "cluster_names": {str(number): name for number, name in model.cluster_names_.items()},
    }  # fmt: skip


def sizes_line(model: Any) -> str:
    """How many clusters there are now, and of what size, by name where they have one."""
    sizes, names = sizes_of(model)["cluster_sizes"], model.cluster_names_
    shown = [f"{size:g}" + (f" ({names[number]})" if number in names else "") for number, size in enumerate(sizes)]
    return f"{counted(len(sizes), 'cluster')} of {', '.join(shown)} rows"


def say_written(console: Console, document: Mapping[str, Any], lines: Sequence[str]) -> None:
    """The result, and where it is."""
    run = run_of(Path(document["model"]))
    which = document["model"] if run is None else f"{run.path}: model, labels and run.json"
    console.note(f"{which} {'is' if run is None else 'are'} written anew")
    if run is not None:
        console.note(f"a page on the clusters as they are now: deepkmeans report {shell_word(run.path)}")
    console.result(document, lines)


@contextmanager
def _in_words_of_the_command() -> Iterator[None]:
    try:
        yield
    except (InvalidParameterError, InvalidDataError) as error:
        text = str(error)
        for pattern, words in _ARGUMENTS.items():
            text = re.sub(pattern, words, text)
        kind: type[DeepKMeansError] = type(error)
        raise kind(in_flags(text)) from error
