"""In which encoding a text is written: by its mark, its zero bytes, and by what can be decoded."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from functools import partial
from itertools import chain
from pathlib import Path

from ..exceptions import InvalidDataError, InvalidParameterError
from .request import Request

__all__ = ["find_encoding"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HEAD = 4096
#: Characters that are in no text, besides ends of lines, pages, records and of files.
_CONTROLS = frozenset((*range(1, 8), *range(14, 26), 127))
_HALF_WIDTH = re.compile("[\uff61-\uff9f]{2,}")
#: So many different ones are no accident.
_DIFFERENT = 5
#: Zero bytes of a short text in UTF-16: those of its digits, separators and line ends.
_FEW = 4
_SHOWN = {
    "cp1252": "Windows-1252", "latin-1": "Latin-1", "gb18030": "GB 18030 (Chinese)", "cp932": "Shift-JIS (Japanese)",
}  # fmt: skip


def find_encoding(request: Request) -> tuple[str, int]:
    """The encoding of the text, and how many lines it has at most."""
    file, notes = request.file, request.notes
    with open(request.path, "rb") as data:
        head = data.read(_HEAD)
        marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
        if request.format.encoding is not None:
            marked = _given(request.format.encoding, marked)
        elif marked is None and b"\0" in head:
            marked = _utf_16(head)
            if marked is None:
                raise InvalidDataError(f"{file}: is not {_what(request)} (it holds zero bytes); {_cure(request)}")
        encodings = [marked] if marked else ["utf-8", *_others(request.path, head)]
        left, n_lines = _decodable(request, chain([head], iter(partial(data.read, 2**20), b"")), encodings, marked)
    _refuse_controls(request, head, marked)
    if marked is not None:
        if marked != "utf-8-sig" and request.format.encoding is None:
            notes.append(f"the text is {marked.upper()}; encoding= names another")
        return marked, n_lines
    encoding = left[0] if left else "latin-1"
    if encoding != "utf-8":
        notes.append(
            f"the text is not UTF-8 and is read as {_SHOWN[encoding]}; save it as UTF-8 if names look wrong, or name "
            "its encoding with encoding="
        )
    return encoding, n_lines


def _what(request: Request) -> str:
    return "text" if request.kind == ".txt" else "a text table"


def _cure(request: Request) -> str:
    what = "text" if request.kind == ".txt" else "a text table"
    return f"write it again as {what}, or name it after its kind"


def _refuse_controls(request: Request, head: bytes, encoding: str | None) -> None:
    """Refuse what begins with many characters that steer devices: pictures, programs and the like."""
    if encoding is not None and encoding.startswith(("utf-16", "utf-32")):
        return
    odd = [byte for byte in head if byte in _CONTROLS]
    if len(set(odd)) >= _DIFFERENT and 50 * len(odd) > len(head):
        raise InvalidDataError(
            f"{request.file}: is not {_what(request)} (it holds characters that no text has); {_cure(request)}"
        )


def _given(encoding: str, marked: str | None) -> str:
    try:
        name = codecs.lookup(encoding).name
        "".encode(name)  # rot13, zip and the like are no encodings of text
    except LookupError:
        raise InvalidParameterError(
            f"The 'encoding' parameter of read_table must be the name of an encoding. Got {encoding!r:.60} instead; "
            "usual ones are utf-8, utf-16, cp1252, latin-1, gb18030, shift_jis."
        ) from None
    return "utf-8-sig" if name == "utf-8" and marked == "utf-8-sig" else name


def _decodable(
    request: Request, chunks: Iterable[bytes], encodings: list[str], marked: str | None
) -> tuple[list[str], int]:
    """Those of ``encodings`` in which the whole text can be decoded, and how many lines it has at most."""
    decoders = {name: codecs.getincrementaldecoder(name)() for name in encodings}
    n_lines = 2
    for chunk in chunks:
        if not marked and b"\0" in chunk:
            line = n_lines - 1 + chunk[: chunk.index(b"\0")].count(b"\n")
            raise InvalidDataError(
                f"{request.file}: is not {_what(request)} (line {line} holds a zero byte); {_cure(request)}, or write "
                "it again"
            )
        n_lines += max(chunk.count(b"\n"), chunk.count(b"\r"))
        if not marked and len(decoders) > 1 and chunk.isascii() and not any(d.getstate()[0] for d in decoders.values()):
            continue  # the same in all of them
        for name in list(decoders):
            try:
                decoders[name].decode(chunk)
            except UnicodeDecodeError:
                if marked:
                    raise
                del decoders[name]
    for name in list(decoders):
        try:
            decoders[name].decode(b"", final=True)
        except UnicodeDecodeError:
            if marked:
                raise
            del decoders[name]
    return list(decoders), n_lines


def _utf_16(head: bytes) -> str | None:
    """UTF-16 without a mark: Latin letters have a zero byte each, all on the same side; else, what makes sense."""
    low, high = head[0::2].count(0), head[1::2].count(0)
    if min(low, high) * 20 <= max(low, high) and max(low, high) * 4 >= len(head):
        return "utf-16-be" if low > high else "utf-16-le"
    if max(low, high) < _FEW or 3 * min(low, high) > max(low, high):
        return None  # some zero bytes in another text
    sensible = []
    for name in ("utf-16-le", "utf-16-be"):
        try:
            text = codecs.getincrementaldecoder(name)().decode(head)
        except UnicodeDecodeError:
            continue
        strange = sum(not letter.isprintable() and letter not in "\t\r\n" for letter in text)
        if any(end in text for end in "\r\n") and "\0" not in text and 50 * strange <= len(text):
            sensible.append(name)
    return sensible[0] if len(sensible) == 1 else None


def _others(path: Path, head: bytes) -> list[str]:
    """What the text may be if it is not UTF-8, the likeliest first."""
    if head.isascii():  # look further
        with open(path, "rb") as data:
            head = next((chunk for chunk in iter(partial(data.read, 2**20), b"") if not chunk.isascii()), b"")
    eastern = []
    for name, known in (("cp932", _japanese), ("gb18030", _chinese)):
        text = head.decode(name, errors="ignore")
        letters = sum(letter > "\x7f" for letter in text)
        if letters and known(text) >= 0.6 * letters:
            eastern.append(name)
    return [*eastern, "cp1252"]


def _japanese(text: str) -> int:
    """How many letters are Japanese, if a tenth of them are hiragana or katakana.

    Katakana of half width count in words alone, beside other kana or more kanji of the commonest: single bytes above
    0xA0 would be letters with accents.
    """
    letters = sum(letter > "\x7f" for letter in text)
    kana = sum("\u3041" <= letter <= "\u30fe" for letter in text)
    half = sum(len(word) for word in _HALF_WIDTH.findall(text))
    kanji = [letter for letter in text if "\u4e00" <= letter <= "\u9fff"]
    common = sum(0x88 <= letter.encode("cp932", errors="replace")[0] <= 0x97 for letter in kanji)
    if 10 * kana >= letters or (10 * half >= letters and common >= half):
        return kana + half + len(kanji)
    return 0


def _chinese(text: str) -> int:
    """How many letters are among the 3,755 commonest Chinese characters (the first level of GB 2312), or are signs and
    Latin letters with accents as GB 18030 writes them: in two high bytes, or in four."""
    known = 0
    for letter in filter(lambda letter: letter > "\x7f", text):
        code = letter.encode("gb18030", errors="ignore")
        signs = len(code) == 2 and 0xA1 <= code[0] <= 0xA9 and code[1] >= 0xA1
        known += signs or len(code) == 4 or (len(code) == 2 and 0xB0 <= code[0] <= 0xD7)
    return known
