"""One word for one thing, the field's: words that were replaced, and where they are used again."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tests.architecture._sources import ROOT


@dataclass(frozen=True)
class Word:
    """A word that is not used, the field's word for it, and where it is looked for.

    In ``text`` it is looked for everywhere, in names and sentences; else in names alone, whole ones. ``under`` and
    ``outside`` say in which files alone, and in which not; ``but`` is text in which the word is right.
    """

    banned: str
    standard: str
    pattern: str
    text: bool = True
    under: str = ""
    outside: str = "$"
    but: str = "$^"
    #: Where an earlier name is known, so that older files are read and older calls answered.
    kept: tuple[str, ...] = ()


WORDS = (
    Word("valley", "low-density gap", r"valleys?"),
    # In quotes: a key of reports and an address of random numbers, which stay. The bound and the method are so called.
    Word("evidence", "test statistic", r"evidence",
         but=r"""["`]evidence["`]|[Ee]vidence (?:accumulation|lower|bound)"""),
    # What reports of earlier versions call it.
    Word("belief", "posterior over k", r"beliefs?", but='_EARLIER_NAME = "belief"'),
    Word("student", "self-training", r"students?(?! t\b|'s t\b|[ _-]?t\b| log assignment)"),
    Word("teach", "fit pseudo-labels", r"teach(?:es|ing|er)?|taught"),
    Word("told", "predicted", "told", text=False),
    Word("carried", "propagated", "carried", text=False),
    Word("self_trust", "bootstrap weight", r"self trust",
         kept=("src/deepkmeans/objectives/selflabel.py", "src/deepkmeans/estimators/earlier_formats.py")),
    Word("alter", "augment", r"alter(?:s|ed|ing)?"),
    Word("moved copies", "augmented views", r"moved (?:copies|pictures?|copy)"),
    # In quotes: a key of reports, which stays.
    Word("main directions", "principal components", r"main directions?|n directions", but='"n_directions"',
         kept=("src/deepkmeans/fitting/plan.py",)),
    Word("axes", "principal components", r"axes|axis_count", text=False, under="src/deepkmeans/graph/"),
    Word("spread", "standard deviation", "spreads?", text=False),
    Word("atoms", "micro-clusters", r"atoms?"),
    Word("modules", "communities", r"modules?", under="src/deepkmeans/graph/"),
    Word("parts", "components", "parts", text=False, under="src/deepkmeans/graph/"),
    Word("settle", "converge", r"settl(?:e|es|ed|ing)", kept=("src/deepkmeans/objectives/base.py",)),
    Word("round of Lloyd", "iteration", r"(?:lloyd|lloyd's|full|plain) rounds?"),
    Word("transferred", "Hartigan move", r"transferred"),
    # Files have rows and columns, of which some are no samples and no features: headers, totals, labels.
    Word("n_rows, n_columns", "n_samples, n_features", "n_rows|n_columns", text=False,
         outside=r"src/deepkmeans/data/(?:column_choice|delimited|text_\w+)\.py"),
    # Of a pandas.Categorical they are called so.
    Word("codes", "embedding", r"(?<!exit )(?<!escape )(?<!mnist )codes", but=r"\.from_codes|\.cat\.codes|\.codes\b",
         kept=("src/deepkmeans/encoders/__init__.py", "src/deepkmeans/objectives/base.py")),
    *(
        Word(name, "what the thing is", name, text=False)
        for name in ("_look", "_cut", "found", "own", "places", "calm", "stale", "paint", "back")
    ),
    Word("most agreed with and best held together", "highest consensus (NMI) and macro silhouette",
         r"most agreed(?: with)?|best held together"),
)  # fmt: skip


def identifiers(source: str) -> Iterator[str]:
    """Every name that a module gives or uses, as often as it does."""
    for node in ast.walk(ast.parse(source)):
        for name in ("id", "attr", "arg", "name"):
            value = getattr(node, name, None)
            if isinstance(value, str):
                yield value


def pages() -> Iterator[tuple[str, str]]:
    """(path, text) of the sources, of the documentation, and of every help text."""
    for path in sorted((ROOT / "src").rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        if path.name != "glossary.md":
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
    from deepkmeans.cli.application import command

    parser = command()
    for verb, owner in parser.commands.items():
        with owner.make_context(verb, [], resilient_parsing=True) as context:
            yield f"{verb} --help", owner.get_help(context)


def count(path: str, text: str) -> Counter[str]:
    """How often a page uses each word that is not used."""
    found: Counter[str] = Counter()
    # Names in words: self_trust and SelfTrust are as "self trust".
    names = Counter(identifiers(text) if path.endswith(".py") else ())
    spaced: dict[str, str] = {}
    for word in WORDS:
        if not path.startswith(word.under) or re.match(word.outside, path) or path in word.kept:
            continue
        if word.text:
            if word.but not in spaced:  # the same for most words
                spaced[word.but] = re.sub(r"(?<=[a-z])(?=[A-Z])|[_\s]+", " ", re.sub(word.but, "", text)).lower()
            found[word.banned] = len(re.findall(rf"\b(?:{word.pattern})\b", spaced[word.but]))
        else:
            found[word.banned] = sum(n for name, n in names.items() if re.fullmatch(word.pattern, name))
    return +found


def present() -> dict[tuple[str, str], int]:
    """(word, path): how often, for all that is there."""
    return {(word, path): n for path, text in pages() for word, n in count(path, text).items()}
