"""Pictures and recordings on their way through an encoder: read when they are needed, a batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ...exceptions import InvalidDataError
from ..given import GivenInput
from ..media.audio_files import shown_recording
from ..media.audio_reading import UnreadableRecordingError
from ..media.contents import picture_digest, recording_digest
from ..media.picture_files import shown_picture
from ..media.picture_reading import prepare_reading
from ..media.pictures import Pictures, listed
from ..media.threads import in_threads, quiet_reading
from ..media.unreadable import UnreadablePictureError
from .encoder_inputs import KIND_WORDS
from .resolved_encoder import ResolvedEncoder

__all__ = ["MediaInputs"]

#: The release of the way from a file to what encoders take: rows in caches of another one are not used.
_READING = 1
_UNREADABLE = (UnreadablePictureError, UnreadableRecordingError)


class MediaInputs:
    """Pictures or recordings; those that are missing or cannot be read become rows of NaN.

    Parameters
    ----------
    given : GivenInput of kind "image" or "audio"
    """

    blank = float("nan")

    def __init__(self, given: GivenInput) -> None:
        self.kind, self.items = given.kind, _items(given.rows)
        self._digest, self._shown = _KINDS[given.kind]
        self._unreadable: dict[int, str] = {}  # reasons by row, before anything is read
        self._lost: dict[str, str] = {}  # and by key
        if self.kind == "image" and any(not (item is None or isinstance(item, np.ndarray)) for item in self.items):
            prepare_reading()
        self.keys = self._keys()
        self._rows = {key: row for row, key in reversed([*enumerate(self.keys)])}

    def __len__(self) -> int:
        return len(self.items)

    def ordered(self, keys: Iterable[str]) -> list[str]:
        return sorted(keys)

    def read(self, keys: Sequence[str], encoder: ResolvedEncoder) -> list[Any]:
        """What the encoder takes of each, by threads; None where it cannot be read, which is kept in mind."""
        things: list[Any] = [None] * len(keys)

        def read(place: int) -> None:
            try:
                things[place] = encoder.read(self.items[self._rows[keys[place]]])
            except _UNREADABLE as error:
                self._lost[keys[place]] = str(error)

        with quiet_reading():
            in_threads(read, range(len(keys)), 1)
        return things

    @property
    def skipped(self) -> list[dict[str, Any]]:
        """Row, name and reason of those that could not be read."""
        reasons = {row: self._lost[key] for row, key in enumerate(self.keys) if key in self._lost} | self._unreadable
        return [
            {"row": row, "name": self._shown(self.items[row], row), "reason": reasons[row]} for row in sorted(reasons)
        ]

    def none_left(self) -> InvalidDataError:
        words, skipped = KIND_WORDS[self.kind], self.skipped
        which = f"The only {words.one}" if len(self) == 1 else f"None of the {len(self):,} {words.several}"
        can = "cannot" if len(self) == 1 else "can"
        return InvalidDataError(f"{which} {can} be read ({listed(skipped)}); check the folder or the paths.")

    def _keys(self) -> list[str]:
        keys = [""] * len(self.items)

        def look(row: int) -> None:
            try:
                keys[row] = f"{self.kind} {_READING} {self._digest(self.items[row])}"
            except _UNREADABLE as error:
                self._unreadable[row] = str(error)

        with quiet_reading():
            in_threads(look, range(len(self.items)))
        return keys


def _items(rows: Any) -> Sequence[Any]:
    """What is encoded: of pictures that were read at a small size already, what they were read from."""
    if not isinstance(rows, Pictures):
        return list(rows)
    return [
        item if item is not None or np.isnan(values).all() else values
        for item, values in zip(rows.items, rows.values, strict=True)
    ]


_KINDS: dict[str, tuple[Callable[[Any], str], Callable[[Any, int], str]]] = {
    "image": (picture_digest, shown_picture), "audio": (recording_digest, shown_recording),
}  # fmt: skip
