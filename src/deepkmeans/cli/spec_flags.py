"""Advice in Python on what an input is, ``InputSpec(columns={"zip": "category"})``, as flags of the command."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from .._quoting import shell_list, shell_word

__all__ = ["spec_in_flags"]

_BEGIN = re.compile(r"(?:preprocessor=)?(?=InputSpec\()")
_ATTRIBUTE = re.compile(
    r"InputSpec\.(columns|levels|kind|decimal)\b|'(columns|levels|decimal)' of InputSpec"
    r"|The '(columns|levels|kind|decimal)' parameter of InputSpec"
)
_FLAGS = {"columns": "--kind", "levels": "--levels", "kind": "--kind", "decimal": "--decimal"}
#: Sentences and parts of them that have no call in them.
_WORDS = {
    "leave preprocessor='auto'": "leave out --kind",
    "InputSpec says that X is a table with kinds of columns": "--kind says that DATA is a table",
    "InputSpec says that X is a table": "--kind says that DATA is a table",
    "preprocessor=InputSpec": "--kind",
    "InputSpec says": "--kind says",
}


def spec_in_flags(text: str) -> str:
    """``text`` with ``--kind zip=category`` for each such call that can be read."""
    parts, begin = [], 0
    for match in _BEGIN.finditer(text):
        if match.start() < begin:
            continue
        parts.append(text[begin : match.start()])
        flags, begin = _flags_of(text, match)
        parts.append(flags)
    text = "".join([*parts, text[begin:]])
    for words, flags in _WORDS.items():
        text = text.replace(words, flags)
    return _ATTRIBUTE.sub(lambda match: _FLAGS[match[1] or match[2] or match[3]], text)


def _flags_of(text: str, match: re.Match[str]) -> tuple[str, int]:
    """The flags for the call that begins at the end of ``match``, and where it ends; unchanged if it is none."""
    end = match.end()
    while (end := text.find(")", end) + 1) > 0:
        try:
            call = ast.parse(text[match.end() : end], mode="eval").body
        except (SyntaxError, ValueError):
            continue
        flags = [*_of_call(call)]
        if flags:
            return " ".join(flags), end
        break
    return match[0], match.end()


def _of_call(call: ast.expr) -> Iterator[str]:
    assert isinstance(call, ast.Call)
    for keyword in call.keywords:
        if isinstance(keyword.value, ast.Set):  # {...}
            yield f"{_FLAGS.get(str(keyword.arg), '')} COLUMN=..."
        elif isinstance(keyword.value, ast.Dict):
            for column, value in zip(keyword.value.keys, keyword.value.values, strict=True):
                yield f"{_FLAGS.get(str(keyword.arg), '')} {_word(column)}={_word(value)}"
        elif keyword.arg in _FLAGS:
            yield f"{_FLAGS[keyword.arg]} {_word(keyword.value)}"


def _word(value: ast.expr | None) -> str:
    """A literal as a word of the shell; a name that stands for one in capitals."""
    if isinstance(value, ast.Constant) and value.value is ...:
        return "..."
    if isinstance(value, ast.Constant):
        return shell_word(value.value)
    if isinstance(value, (ast.List, ast.Tuple)):
        cells = [part.value for part in value.elts if isinstance(part, ast.Constant) and part.value is not ...]
        if len(cells) == len(value.elts):
            return shell_list(cells)
        return ",".join(map(_word, value.elts))
    return ast.unparse(value).upper() if isinstance(value, ast.Name) else "..."
