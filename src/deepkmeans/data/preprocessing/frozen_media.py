"""Pictures and recordings by a pretrained encoder, which stays as it is: the model file names it, refuses another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse as sp
from torch import Tensor

from ..._quoting import printable, short
from ..._validation import Interval, OneOf
from ...exceptions import InvalidDataError, InvalidParameterError
from ...storage.schema import FINITE, POSITIVE, ListOf, Record
from ..given import GivenInput
from ..media.picture_files import given_pictures
from ..media.pictures import Pictures, listed
from ..media.unreadable import share_that
from .encoder_inputs import KIND_WORDS
from .frozen_kinds import as_settings
from .media_inputs import MediaInputs
from .recognised_encoder import RecognisedEncoder
from .stored_encoder import ENCODER_RULES, check_encoder_parts, encoder_from_parts, encoder_to_parts

__all__ = ["FrozenMediaPreprocessor"]


@dataclass(frozen=True, eq=False)
class FrozenMediaPreprocessor:
    """From pictures or recordings to the rows of a pretrained encoder; NaN where one cannot be read.

    Attributes
    ----------
    takes : {"image", "audio"}
    encoder : RecognisedEncoder
    width : int
        Columns of its rows.
    findings : mapping
        Of the fit: how many, how many different ones came from the cache, which were skipped for what. Not in a file.
    """

    takes: str
    encoder: RecognisedEncoder
    width: int
    findings: Mapping[str, Any] = field(default_factory=dict)

    #: Rows of length one are recognised by their values, and then scaled as those of texts are.
    scaled = False
    feature_names = None

    @property
    def kind(self) -> str:
        return f"frozen {self.takes}"

    @classmethod
    def fit(
        cls, given: GivenInput, encoder: Any, *, verbose: bool = False
    ) -> tuple[FrozenMediaPreprocessor, np.ndarray]:  # fmt: skip
        """Encode the pictures or recordings of a fit.

        Parameters
        ----------
        given : GivenInput of kind "image" or "audio"
        encoder : ImageEncoder or AudioEncoder, or what one takes as ``model``
        verbose : bool
            Write progress to standard error.

        Returns
        -------
        preprocessor : FrozenMediaPreprocessor
        X : ndarray of shape (n, p), float32

        Raises
        ------
        InvalidParameterError
            If the encoder is none, cannot be found, fails, or gives no rows of numbers.
        InvalidDataError
            If nothing can be read, or a row is not finite.
        MissingDependencyError
        """
        inputs = MediaInputs(given)
        recognised, encoded = RecognisedEncoder.of_fit(as_settings(encoder, given.kind), inputs, verbose)
        findings = {"n_given": len(inputs), "n_cached": encoded.n_cached, "skipped": inputs.skipped}
        return cls(given.kind, recognised, encoded.rows.shape[1], findings), _dense(encoded.rows)

    def taken(self, X: Any) -> GivenInput | None:
        """``X`` as pictures, whatever a fit takes; None for what is none."""
        pictures = X if isinstance(X, Pictures) else given_pictures(X, asked=True)
        return None if pictures is None else GivenInput("image", pictures)

    def transform(self, given: GivenInput, *, verbose: bool = False) -> np.ndarray:
        """Rows (n, p), float32, of NaN where something is missing or cannot be read.

        Raises
        ------
        InvalidDataError
            For another input than that of the fit.
        ModelFileError
            If the encoder that the model was fitted with cannot be found, or is another one now.
        """
        return self._encoded(given, verbose)[0]

    def transform_with_unknown_cells(self, given: GivenInput) -> tuple[np.ndarray, tuple[str, ...]]:
        """The same, and what cannot be read, in words."""
        rows, skipped = self._encoded(given)
        words = KIND_WORDS[self.takes]
        count = share_that(len(skipped), len(given), words.one, "get")
        return rows, (f"{count} the cluster nearest to the mean {words.one} ({listed(skipped)})",) if skipped else ()

    def inverse(self, rows: np.ndarray) -> Any:
        """Refused: embeddings do not become pictures or recordings again."""
        several = KIND_WORDS[self.takes].several
        raise InvalidParameterError(
            f"Rows by the encoder {short(self.encoder.identity.name)} cannot be turned into {several} again; look at "
            f"the {several} of a cluster instead, those nearest to its centre by transform."
        )

    def report(self) -> dict[str, Any]:
        """The encoder, how many things there were, and which of them were skipped for what."""
        identity, several = self.encoder.identity, KIND_WORDS[self.takes].several
        notes = [f"{several.capitalize()} became {self.width:,} columns by the encoder {printable(identity.name)}."]
        skipped = self.findings.get("skipped", ())
        if skipped:
            count = share_that(len(skipped), self.findings["n_given"], KIND_WORDS[self.takes].one, "decide")
            which = "it" if len(skipped) == 1 else "they"
            notes.append(f"{count} nothing, as {which} cannot be read: {listed(skipped)}.")
        findings = {f"n_{several}" if name == "n_given" else name: value for name, value in self.findings.items()}
        return {
            "kind": self.takes, "encoder": identity.to_document(), "width": self.width, "n_skipped": len(skipped),
            **findings, "notes": notes,
        }  # fmt: skip

    def to_parts(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """What a file holds: which encoder it is, how it is used and recognised, not its weights."""
        document, tensors = encoder_to_parts(self.encoder, self.width)
        settings = self.encoder.settings
        decided = {name: _plain(getattr(settings, name)) for name in _DECIDING[self.takes]}
        return {"kind": self.kind, **document, **decided}, tensors

    @staticmethod
    def check_parts(document: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> dict[str, int]:
        """Refuse, with ``MismatchError``, what :meth:`to_parts` cannot have written; return the sizes by name."""
        rules = _STORED["audio" if document["kind"] == "frozen audio" else "image"]
        return check_encoder_parts(document, tensors, rules)

    @classmethod
    def from_parts(
        cls, document: Mapping[str, Any], tensors: Mapping[str, Tensor], encoder: Any = None
    ) -> FrozenMediaPreprocessor:  # fmt: skip
        """The preprocessor again, around ``encoder``, or around the one that the file names, when that is first needed.

        Raises
        ------
        ModelFileError
            If the encoder is a module, function or object and not given, or another one is given.
        """
        takes = document["kind"].removeprefix("frozen ")
        decided = {name: document[name] for name in _DECIDING[takes]}
        return cls(takes, encoder_from_parts(document, tensors, takes, encoder, **decided), document["width"])

    def _encoded(self, given: GivenInput, verbose: bool = False) -> tuple[np.ndarray, list[dict[str, Any]]]:
        """Rows, and what could not be read."""
        if given.kind != self.takes:
            raise InvalidDataError(
                f"The fit was of {KIND_WORDS[self.takes].several}: give a folder, or a list of paths or of what they "
                "hold."
            )
        inputs = MediaInputs(given)
        return _dense(self.encoder.encode(inputs, self.width, verbose).rows), inputs.skipped


def _dense(rows: Any) -> np.ndarray:
    return np.asarray(rows.toarray() if sp.issparse(rows) else rows)


def _plain(value: Any) -> Any:
    """A setting as JSON holds it."""
    if isinstance(value, (tuple, list)):
        return [_plain(each) for each in value]
    return value.item() if isinstance(value, np.generic) else value


_SIDE = Interval(int, 1, 4096)
#: Settings that decide on what an encoder is called with.
_DECIDING = {"image": ("size", "mean", "std"), "audio": ("rate", "max_seconds")}
_STORED = {
    "image": Record({
        "kind": [OneOf("frozen image")], **ENCODER_RULES, "size": [_SIDE, ListOf([_SIDE], 2)],
        "mean": [*FINITE, ListOf(FINITE, 3)], "std": [*POSITIVE, ListOf(POSITIVE, 3)],
    }),
    "audio": Record({
        "kind": [OneOf("frozen audio")], **ENCODER_RULES, "rate": [None, Interval(int, 100, 10_000_000)],
        "max_seconds": [Interval(float, 0.1, 600)],
    }),
}  # fmt: skip
