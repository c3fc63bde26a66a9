"""A report of what a clusterer found, as one html file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from .._validation import Instance, Interval, OneOf, validate_parameters
from ..exceptions import InvalidParameterError
from ..inspection.explanation import Explanation
from ..inspection.spaces import Clusterer
from ..runtime import Seeds
from ..storage import file_path
from ..storage.atomic import write_text
from .called_rows import CalledRows
from .document import build_document, kept_rows
from .map_coordinates import report_maps
from .page import render_page
from .sentences import LANGUAGES, Sentences
from .translation import in_language

__all__ = ["write_report"]

_CONSTRAINTS: dict[str, list[Any]] = {
    "lang": [OneOf(*LANGUAGES)],
    "title": [None, Instance(str, "a string")],
    "max_points": [Interval(int, 100, 200_000)],
    "namer": [None, Instance(callable, "a function from the profile of a cluster to its name")],
}


def write_report(
    model: Any, X: Any, path: str | os.PathLike[str], *, lang: str = "en", title: str | None = None,
    max_points: int = 10_000, namer: Callable[..., Any] | None = None, explanation: Any = None, row_names: Any = None,
    random_state: Any = 0,
) -> Path:  # fmt: skip
    """Write what a fitted clusterer found as one html file that needs nothing else.

    Parameters
    ----------
    model : fitted clusterer
        ``DeepKMeans``, any clusterer of scikit-learn, or a pipeline or search that ends in one.
    X : array, data frame, texts, pictures, recordings, series, or a mapping of several such, of n rows
        Any rows with the model's columns; for clusterers that cannot predict, the rows of the fit.
    path : str or path-like
        The file to write, whole or not at all.
    lang : {"en", "zh"}, default="en"
        Language of the page. Reasons that a fit gives in English stay English, and are marked so.
    title : str or None
        Heading; by default the numbers of rows and clusters.
    max_points : int, default=10_000
        The maps show at most so many rows, drawn at random; the figures are those of all.
    namer : function or None
        As in :func:`deepkmeans.inspection.explain`.
    explanation : Explanation or None
        What :func:`deepkmeans.inspection.explain` said of the same model and rows; made anew by default.
    row_names : sequence of str or Series of length n, or None
        What the rows are called on the page, in its search and in its csv; a Series has the name of the column, too.
        None: the names of files, the identifier that a fit of ours has left out, the index of a data frame, or numbers
        from 0.
    random_state : int, RandomState or None, default=0
        On one machine, the same value gives the same file.

    Returns
    -------
    Path

    Raises
    ------
    InvalidParameterError, InvalidDataError
    OutputError
        If the file cannot be written.
    sklearn.exceptions.NotFittedError

    Notes
    -----
    The file holds rows of X, as it shows them: whoever gets it can read them. It opens no connection, which its content
    security policy enforces; everything that comes from X is escaped. A table of 10,000 rows takes less than a
    megabyte: numbers are rounded to a thousandth of the distance of their quartiles where they have more digits, and of
    many columns those are kept in which clusters differ most. O(max_points log max_points) time for the maps, beside
    that of ``explain``.

    Examples
    --------
    >>> from sklearn.cluster import KMeans
    >>> from sklearn.datasets import load_iris
    >>> from deepkmeans.report import write_report
    >>> X = load_iris(as_frame=True).data
    >>> write_report(KMeans(3, random_state=0).fit(X), X, "report.html").name
    'report.html'
    """
    given = {"lang": lang, "title": title, "max_points": max_points, "namer": namer}
    validate_parameters("write_report", _CONSTRAINTS, given)
    path = file_path(path, "path", "write_report")
    sentences, seeds = Sentences.of(lang), Seeds(random_state)
    X = Clusterer(model).in_memory(X)
    if explanation is not None:
        _check_explains(explanation, model, X)
    else:
        from ..inspection import explain

        # With the caller's seed, so that figures are those that ``explain`` gives with it.
        explanation = explain(model, X, namer=namer, random_state=random_state)
    called = CalledRows.of(row_names, X, explanation.report, len(explanation.rows), explanation.rows.names)
    kept = kept_rows(explanation, max_points, seeds.numpy("rows"))
    maps = report_maps(model, X, kept, seeds)
    document = build_document(
        in_language(explanation, sentences), Clusterer(model).model, maps, kept, sentences, title, called
    )
    write_text(path, render_page(document, sentences))
    return Path(path)


def _check_explains(explanation: Any, model: Any, X: Any) -> None:
    """Refuse an explanation of another model, of other rows, or of clusters that have been corrected since."""
    if not isinstance(explanation, Explanation):
        got = f"Got {type(explanation).__name__} instead"
        raise InvalidParameterError(f"'explanation' must be what explain(model, X) returns, or None. {got}.")
    labels = Clusterer(model).labels_of(X, len(explanation.rows))
    if not np.array_equal(labels, explanation.labels):
        raise InvalidParameterError(
            "'explanation' is of another model, of other rows, or of clusters that have been corrected since: give "
            "explain(model, X) of the same model and X, or leave it out."
        )
