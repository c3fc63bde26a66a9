"""One vocabulary, the field's: no word comes back that was replaced."""

from __future__ import annotations

import re

import pytest

from tests.architecture import vocabulary
from tests.architecture._sources import ROOT, trees
from tests.architecture.vocabulary import WORDS, count, present

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")


@pytest.fixture(scope="module")
def now() -> dict[tuple[str, str], int]:
    return present()


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.banned)
def test_a_word_that_was_replaced_stays_so(word: vocabulary.Word, now: dict[tuple[str, str], int]) -> None:
    again = [f"{path}: {n} times" for (banned, path), n in now.items() if banned == word.banned]
    assert again == [], f"write {word.standard!r} instead of {word.banned!r}; docs/glossary.md has the words"


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("src/deepkmeans/graph/x.py", "def f(own): return own.valleys", {"own": 2, "valley": 1}),
        ("src/deepkmeans/graph/x.py", "class DensityValley:\n    'Between\\n    the main\\n    directions.'",
         {"valley": 1, "main directions": 1}),
        ("docs/x.md", "all in the main\ndirections, alternatives; exit codes, spread, owned", {"main directions": 1}),
        ("docs/x.md", "Student's t and `student_log_assignment`; the student", {"student": 1}),
        ("docs/x.md", "taught by a teacher; `self_trust`", {"teach": 2, "self_trust": 1}),
        ("docs/x.md", "`evidence` of an evidence accumulation; the evidence", {"evidence": 1}),
        ("src/deepkmeans/data/delimited.py", "n_columns = n_rows = 1", {}),
        ("src/deepkmeans/data/rows.py", "report['n_directions'], report[\"n_directions\"]; n_columns = 1",
         {"main directions": 1, "n_rows, n_columns": 1}),
        ("src/deepkmeans/kmeans/x.py", "n_rows = 1; modules = axes = 2; exit_codes = 3", {"n_rows, n_columns": 1}),
    ],
)  # fmt: skip
def test_words_are_seen(path: str, text: str, found: dict[str, int]) -> None:
    assert dict(count(path, text)) == found


def rows() -> list[tuple[str, str, str]]:
    """(word, meaning, name in the code) of the glossary."""
    cells = re.findall(r"^\| (.+?) \| (.+?) \|(.*)\|$", GLOSSARY, flags=re.MULTILINE)
    return [(word, meaning, name.strip()) for word, meaning, name in cells if word != "word"]


def test_the_glossary_explains_every_standard_word() -> None:
    text = GLOSSARY.lower()
    wanted = {part for word in WORDS if word.standard != "what the thing is" for part in word.standard.split(", ")}
    assert {word for word in wanted if word.lower().split(" (")[0].rstrip("s") not in text} == set()


def test_the_glossary_is_in_order_and_one_sentence_a_word() -> None:
    words = [word for word, _, _ in rows()]
    assert len(words) > 30
    assert words == sorted(words, key=str.lower) and len(set(words)) == len(words)
    for word, meaning, _ in rows():
        assert meaning[0].isupper() or meaning[0] == "`", word
        assert meaning.endswith(".") and re.search(r"\. [A-Z]", meaning) is None, word


def test_names_in_the_glossary_are_those_of_the_code() -> None:
    known = {name for tree in trees().values() for name in _names(tree)}
    said = {name for _, _, cell in rows() for name in re.findall(r"`(\w+)`", cell)}
    assert len(said) > 25
    assert said - known == set()


def _names(tree: object) -> set[str]:
    import ast

    assert isinstance(tree, ast.AST)
    return {
        value for node in ast.walk(tree) for field in ("id", "attr", "arg", "name")
        if isinstance(value := getattr(node, field, None), str)
    }  # fmt: skip
