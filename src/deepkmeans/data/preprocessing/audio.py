"""Recordings to pictures of frequency and time: log-mel spectrograms of one size."""

from __future__ import annotations

import threading
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
from scipy.io.wavfile import WavFileWarning
from torch import Tensor

from ..._validation import Interval, OneOf
from ...exceptions import InvalidDataError
from ...runtime import one_thread
from ...storage.schema import BOOL, COUNT, NOT_NEGATIVE, POSITIVE, SIZE, TEXT, ListOf, MapOf, Record, check_value
from ..given import GivenInput
from ..media.audio_files import Recording, shown_recording
from ..media.audio_reading import UnreadableRecordingError, is_large, read_recording
from ..media.log_mel import LogMel
from ..media.recordings import Recordings
from ..media.threads import in_threads, quiet_reading
from ..media.unreadable import share_that

__all__ = ["AudioPreprocessor", "read_recordings"]

#: Recordings whose rates decide to which one all are resampled, the share that a low rate needs, and the highest one.
_SAMPLED, _SHARE, _HIGHEST = 200, 0.05, 16_000
#: Unreadable recordings that a message names.
_NAMED = 3


@dataclass(frozen=True, eq=False)
class AudioPreprocessor:
    """From recordings to rows (n, n_mels * frames), pictures whose lines are bands of mel; NaN where one is unreadable.

    Attributes
    ----------
    spectrogram : LogMel
        The rate, the bands and the moments.
    findings : mapping
        Of the recordings of the fit: how many, their rates, lengths in seconds, and which were skipped for what.
    """

    spectrogram: LogMel
    findings: Mapping[str, Any] = field(default_factory=dict)

    kind = "audio"
    kind_of_pictures = "audio"
    scaled = False
    feature_names = None

    @classmethod
    def fit(cls, given: GivenInput) -> tuple[AudioPreprocessor, np.ndarray]:
        """Choose a rate, and make pictures of all recordings.

        The rate is the lowest that one in twenty of up to 200 recordings has, at most 16,000 Hz: above it recordings of
        that rate hold nothing, which would tell them apart.

        Returns
        -------
        preprocessor : AudioPreprocessor
        X : ndarray of shape (n, p), float32

        Raises
        ------
        InvalidDataError
            If none can be read.
        MissingDependencyError
            For a file that needs soundfile, which is not installed.
        """
        if isinstance(given.rows, Recordings):
            return given.rows.preprocessor, given.rows.values
        stride = max(1, len(given) // _SAMPLED)
        rates = _rates(given.rows[::stride]) or _rates(given.rows)
        if not rates:
            _, problems, _ = _pictures(LogMel(_HIGHEST), given.rows)
            raise InvalidDataError(
                f"None of the {len(given):,} recordings can be read: {_listed(problems)}. Check the paths."
            )
        least = _SHARE * rates.total()
        spectrogram = LogMel(min(_HIGHEST, min(rate for rate, count in rates.items() if count >= least)))
        X, problems, seen = _pictures(spectrogram, given.rows)
        every = Counter(str(rate) for rate, _ in seen)
        lengths = np.quantile([seconds for _, seconds in seen], [0, 0.5, 1]).tolist()
        findings = {
            "n_recordings": len(given), "n_skipped": len(problems),
            "skipped": [{"row": row, "name": name, "reason": reason} for row, name, reason in problems],
            "rates": dict(every.most_common()),
            "seconds": dict(zip(("shortest", "median", "longest"), lengths, strict=True)),
        }  # fmt: skip
        return cls(spectrogram, findings), X

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Bands, moments, and one channel."""
        return self.spectrogram.n_mels, self.spectrogram.frames, 1

    def transform(self, given: GivenInput) -> np.ndarray:
        """Rows (n, p), float32, of NaN where a recording is missing or cannot be read.

        Raises
        ------
        InvalidDataError
            For another input than recordings.
        """
        return self.transform_with_unknown_cells(given)[0]

    def transform_with_unknown_cells(self, given: GivenInput) -> tuple[np.ndarray, tuple[str, ...]]:
        """The same, and what cannot be read, in words."""
        if given.kind != "audio":
            raise InvalidDataError("The fit was of recordings: give a folder, or a list of paths or (rate, samples).")
        if isinstance(given.rows, Recordings) and given.rows.preprocessor.spectrogram == self.spectrogram:
            return given.rows.values, ()
        X, problems, _ = _pictures(self.spectrogram, given.rows)
        count = share_that(len(problems), len(given), "recording", "get")
        return X, (f"{_listed(problems)}: {count} the cluster nearest to the mean",) if problems else ()

    def inverse(self, rows: np.ndarray) -> np.ndarray:
        """The rows (n, n_mels * frames) as they are, decibels: samples cannot be made of them again."""
        return np.asarray(rows)

    def report(self) -> dict[str, Any]:
        """The rate, bands and moments; how many recordings, of which rates and lengths; those skipped."""
        notes = []
        if (skipped := self.findings.get("skipped")) and not self.findings.get("left_out"):
            problems = [(each["row"], each["name"], each["reason"]) for each in skipped]
            count = share_that(len(skipped), self.findings["n_recordings"], "recording", "decide")
            which = "it" if len(skipped) == 1 else "they"
            notes.append(f"{count} nothing, as {which} cannot be read: {_listed(problems)}.")
        return {"kind": self.kind, **asdict(self.spectrogram), **self.findings, "notes": notes}

    def with_skipped(self, skipped: Sequence[Mapping[str, Any]]) -> AudioPreprocessor:
        """The same, whose recordings that could not be read are these."""
        return replace(self, findings={**self.findings, "skipped": [dict(each) for each in skipped]})

    def without_rows(self) -> AudioPreprocessor:
        """The same, of whose recordings those that could not be read are no rows."""
        return replace(self, findings={**self.findings, "left_out": True})

    def to_parts(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """Document for a file; there are no tensors."""
        return {"kind": self.kind, "spectrogram": asdict(self.spectrogram), "findings": dict(self.findings)}, {}

    @staticmethod
    def check_parts(document: Any, tensors: Mapping[str, Tensor]) -> dict[str, int]:
        """Refuse, with ``MismatchError``, what :meth:`to_parts` cannot have written; its sizes by name."""
        check_value(document, [_STORED], "'preprocessing'")
        return {"n_features": document["spectrogram"]["n_mels"] * document["spectrogram"]["frames"]}

    @classmethod
    def from_parts(cls, document: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> AudioPreprocessor:
        """Rebuild what :meth:`to_parts` gave, once checked."""
        return cls(LogMel(**document["spectrogram"]), document["findings"])


def read_recordings(recordings: Sequence[Recording], preprocessor: AudioPreprocessor | None = None) -> Recordings:
    """Recordings, each read once, as rows of a fit; or as those of an earlier one.

    Raises
    ------
    InvalidDataError
        If there is no ``preprocessor``, and none can be read.
    """
    if preprocessor is None:
        preprocessor, X = AudioPreprocessor.fit(GivenInput("audio", list(recordings)))
        return Recordings(X, recordings, preprocessor, tuple(preprocessor.findings["skipped"]))
    X, problems, _ = _pictures(preprocessor.spectrogram, recordings)
    skipped = tuple({"row": row, "name": name, "reason": reason} for row, name, reason in problems)
    return Recordings(X, recordings, preprocessor, skipped)


def _read(recordings: Sequence[Recording], use: Callable[[int, int, np.ndarray], None]) -> dict[int, str]:
    """Call ``use`` with row, rate and samples of each recording, on all processors; why others cannot be read, by row.

    Of large ones a single one is in memory.
    """
    reasons, large = dict[int, str](), threading.Lock()

    def read(row: int) -> None:
        recording = recordings[row]
        try:
            if recording is None:
                raise UnreadableRecordingError("it is missing")
            with large if is_large(recording) else nullcontext(), one_thread():
                use(row, *read_recording(recording))
        except UnreadableRecordingError as error:
            reasons[row] = str(error)

    with quiet_reading():
        warnings.filterwarnings("ignore", category=WavFileWarning)
        in_threads(read, range(len(recordings)))
    return {row: reasons[row] for row in sorted(reasons)}


def _rates(recordings: Sequence[Recording]) -> Counter[int]:
    """How many recordings have each rate."""
    rates = dict[int, int]()
    _read(recordings, lambda row, rate, _: rates.update({row: rate}))
    return Counter(rates.values())


def _pictures(
    spectrogram: LogMel, recordings: Sequence[Recording]
) -> tuple[np.ndarray, list[tuple[int, str, str]], list[tuple[int, float]]]:
    """Rows (n, p), NaN of those that cannot be read; these as row, name and reason; rates and seconds of the others."""
    X = np.full((len(recordings), spectrogram.n_mels * spectrogram.frames), np.nan, dtype=np.float32)
    seen = dict[int, tuple[int, float]]()

    def take(row: int, rate: int, samples: np.ndarray) -> None:
        X[row] = spectrogram.picture(rate, samples).ravel()
        seen[row] = rate, len(samples) / rate

    reasons = _read(recordings, take)
    problems = [(row, shown_recording(recordings[row], row), reason) for row, reason in reasons.items()]
    return X, problems, [seen[row] for row in sorted(seen)]


def _listed(problems: Sequence[tuple[int, str, str]]) -> str:
    shown = "; ".join(f"{name}: {reason}" for _, name, reason in problems[:_NAMED])
    return shown + ("; ..." if len(problems) > _NAMED else "")


_STORED = Record({
    "kind": [OneOf("audio")],
    "spectrogram": [Record({
        "rate": [Interval(int, 100, 10_000_000)], "n_mels": [Interval(int, 1, 1024)],
        "frames": [Interval(int, 1, 65_536)], "window": POSITIVE, "hop": POSITIVE,
    })],
    "findings": [Record({
        "n_recordings": COUNT, "n_skipped": COUNT, "rates": [MapOf(SIZE)], "seconds": [MapOf(NOT_NEGATIVE)],
        "skipped": [ListOf([Record({"row": COUNT, "name": TEXT, "reason": TEXT})])],
    }, {"left_out": BOOL})],
})  # fmt: skip
