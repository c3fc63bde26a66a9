"""A model file, checked before torch is loaded, and how rows for it are read: with the columns of its fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..persistence import RunLayout
from ..persistence.run_layout import model_path
from .console import Console
from .file_options import FileOptions
from .new_inputs import is_table, read_inputs_as_in_fit
from .new_rows import read_as_in_fit
from .settings import check_model, stored_columns
from .stored_inputs import stored_input, stored_inputs, stored_media

if TYPE_CHECKING:
    from ..data.files import Table

__all__ = ["FittedFile"]


@dataclass(frozen=True)
class FittedFile:
    """The model of a run, or a model file alone.

    Attributes
    ----------
    path : Path
        Of the ``.dkm`` file.
    document : mapping
        What it says of itself; ``load`` checks its content.
    layout : RunLayout
    run : mapping
        ``run.json``; empty if there is none.
    """

    path: Path
    document: Mapping[str, Any]
    layout: RunLayout
    run: Mapping[str, Any]

    @classmethod
    def of(cls, run_or_model: Path) -> FittedFile:
        """What a user names as RUN_OR_MODEL.

        Raises
        ------
        ModelFileError
            If there is no model, it or run.json is damaged, or it is not that of the run.
        """
        path = model_path(run_or_model)
        document = check_model(path)
        layout = RunLayout(run_or_model)  # a model file named by itself is what it is, wherever it lies
        run = layout.read_document() if layout.run.exists() else {}
        layout.check_model(run)
        return cls(path, document, layout, run)

    def check_labels(self) -> None:
        """Refuse a labels.csv that is not that of the run; one that was interrupted has none.

        Raises
        ------
        ModelFileError
        """
        if self.run and self.layout.labels.exists():
            self.layout.read_labels(self.run)

    @property
    def names(self) -> list[str] | None:
        """Names of the columns of the fit."""
        return stored_columns(self.document)[0]

    @property
    def width(self) -> int | None:
        """Their number, if the file says it."""
        return stored_columns(self.document)[1]

    @property
    def source(self) -> Mapping[str, Any]:
        """What run.json says of the data of the fit."""
        return self.run.get("data") or {}

    @property
    def is_interrupted(self) -> bool:
        """Whether it is what an interrupted fit had learnt."""
        return bool(self.run.get("interrupted", False))

    def read(
        self, console: Console, data: Path, how: FileOptions, of_the_fit: FileOptions, width: int
    ) -> tuple[Table, FileOptions]:  # fmt: skip
        """The rows of ``data``, written like the file of the fit or else like ``how`` says, and how they were read."""
        inputs = stored_inputs(self.document)
        if inputs is not None and (len(inputs) != 1 or is_table(data)):
            return read_inputs_as_in_fit(
                console, data, inputs, identifier=self.source.get("identifier"), how=how, of_the_fit=of_the_fit
            )  # fmt: skip
        without_names = self.names is None and self.layout.run.exists()
        chosen = self.layout.read_document().get("data") or {} if without_names else {}
        selection = {name: chosen.get(name) for name in ("columns", "drop", "label_column")}
        return read_as_in_fit(
            console, data, self.names, width=width, selection=selection, kind=stored_input(self.document),
            media=stored_media(self.document), how=how, of_the_fit=of_the_fit,
        )  # fmt: skip
