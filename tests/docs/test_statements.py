"""What the pages and docstrings say of the code is compared with the code: lists, defaults, flags, exit codes."""

from __future__ import annotations

import ast
import errno
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import deepkmeans
from deepkmeans import exceptions
from deepkmeans._validation import OneOf
from deepkmeans.cli.application import command
from deepkmeans.cli.exit_codes import EXIT_CODES, exit_code
from deepkmeans.objectives import OBJECTIVES
from tests.architecture._sources import ROOT
from tests.docs.test_pages import PAGES

COMMAND_LINE = (ROOT / "docs" / "command-line.md").read_text("utf-8")
ESTIMATORS = (deepkmeans.KMeans, deepkmeans.Autoencoder, deepkmeans.DeepKMeans)


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, without its head."""
    text = (ROOT / page).read_text("utf-8").split(f"\n## {heading}\n", 1)[1].split("\n## ")[0]
    table = re.findall(r"^\|(.*)\|$", text, flags=re.MULTILINE)[2:]
    return [[cell.strip() for cell in line.split("|")] for line in table]


@pytest.mark.parametrize("name", OBJECTIVES)
def test_every_objective_is_described(name: str) -> None:
    page = (ROOT / "docs" / "objectives.md").read_text("utf-8")
    advice = page.split("## What each one minimises")[0]
    assert f'`"{name}"`' in advice, f"docs/objectives.md says nowhere when to take {name!r}"
    assert f"`{name}`" in [row[0] for row in rows("docs/objectives.md", "What each one minimises")]
    said = " ".join(row[0] for row in rows("README.md", "Objectives"))
    assert f'`"{name}"`' in said, f"the README's table of objectives has no row for {name!r}"


def test_no_other_objective_is_described() -> None:
    assert {row[0].strip("`") for row in rows("docs/objectives.md", "What each one minimises")} == set(OBJECTIVES)
    named = " ".join(row[0] for row in rows("README.md", "Objectives"))
    assert set(re.findall(r'`"(\w+)"`', named)) == set(OBJECTIVES)
    figures = (ROOT / "README.md").read_text("utf-8").split("Every objective, accuracy / ARI")[1].split("\n\n")[1]
    assert {re.sub(r"\W|default", "", line.split("|")[1]) for line in figures.splitlines()[3:]} == set(OBJECTIVES)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_objectives_are_not_counted_in_prose(page: Path) -> None:
    """A number of objectives is false as soon as there is one more."""
    if page.name == "CHANGELOG.md" or "decisions" in page.parts:  # what was true then
        return
    numbers = "two|three|four|five|six|seven|eight|nine|ten|[0-9]+"
    text = (ROOT / page).read_text("utf-8")
    assert re.findall(rf"\b(?:{numbers}) (?:objectives|methods of the literature)\b", text) == []
    assert re.findall(rf"of the (?:{numbers}) to use", text) == []


def test_the_table_of_verbs() -> None:
    said = [row[0].strip("`").split()[0] for row in rows_before_heading(COMMAND_LINE)]
    assert sorted(said) == sorted(command().commands)


def rows_before_heading(page: str) -> list[list[str]]:
    table = re.findall(r"^\|(.*)\|$", page.split("\n## ")[0], flags=re.MULTILINE)[2:]
    return [[cell.strip() for cell in line.split("|")] for line in table]


def flags() -> dict[str, set[str]]:
    """The flags of every verb, and of the command itself."""
    parser = command()
    found = {
        name: {flag for parameter in verb.params for flag in (*parameter.opts, *parameter.secondary_opts)}
        for name, verb in parser.commands.items()
    }
    return found | {"": {flag for parameter in parser.params for flag in parameter.opts} | {"--help", "-h"}}


#: Pages about the command; those of benchmarks and contributors have flags of other programs.
FLAG_PAGES = sorted({*(ROOT / "docs").glob("*.md"), ROOT / "README.md"})
#: Of pip in the README, and of `python -m benchmarks`.
FOREIGN = {"--extra-index-url", "--data", "--rows", "--seeds", "--datasets", "--generated", "--methods",
           "--table-seed", "--nproc-per-node"}  # fmt: skip


@pytest.mark.parametrize("page", FLAG_PAGES, ids=lambda page: page.name)
def test_flags_on_a_page_exist(page: Path) -> None:
    known = set().union(*flags().values())
    said = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z]", page.read_text("utf-8")))
    assert said - known - FOREIGN == set()


def test_flags_in_help_texts_exist() -> None:
    own = flags()
    for name, verb in command().commands.items():
        said = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z]", verb.help))
        assert said <= own[name] | {"--label-column"}, name


def examples() -> Iterator[tuple[str, str]]:
    """(verb, line) of every example in a help text."""
    for name, verb in command().commands.items():
        for line in re.findall(r"^\s*(deepkmeans .*?)\s*(?:#.*)?$", verb.help, flags=re.MULTILINE):
            yield name, line


def test_examples_in_help_texts_are_understood() -> None:
    """Each is taken by the parser of its verb, which refuses unknown options and too many files."""
    seen = set()
    for name, line in examples():
        verb = command().commands[name]
        arguments = line.split()
        assert arguments[:2] == ["deepkmeans", name]
        with verb.make_context(name, arguments[2:], auto_envvar_prefix=None) as context:
            given = [name for name in context.params if context.get_parameter_source(name).name == "COMMANDLINE"]
        assert len(given) >= min(1, len(arguments) - 2), line
        seen.add(name)
    assert seen == set(command().commands)


def test_defaults_in_help_texts_are_those_taken() -> None:
    from deepkmeans.cli.fit import _DEFAULTS, _OPTIONS

    verb = command().commands["fit"]
    said = {
        parameter.name: found[1]
        for parameter in verb.params
        if (found := re.search(r"\[default: (\w+)\]", getattr(parameter, "help", None) or ""))
    }
    taken = {_OPTIONS.get(name, name): value for name, value in _DEFAULTS.items()}
    assert said == taken


def parameters_of(text: str) -> dict[str, str]:
    """What a numpydoc docstring says behind the name of each parameter."""
    section = re.split(r"\n\w[\w ]*\n-+\n", text.split("Parameters\n----------\n")[1])[0]
    found: dict[str, str] = {}
    for names, kind in re.findall(r"^(\w+(?:, \w+)*) : (.*)$", section, flags=re.MULTILINE):
        found |= dict.fromkeys(names.split(", "), kind)
    return found


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda cls: cls.__name__)
def test_docstrings_of_estimators_name_defaults_and_choices(estimator: Any) -> None:
    described = parameters_of(inspect.getdoc(estimator) or "")
    signature = inspect.signature(estimator.__init__).parameters
    assert set(described) == set(signature) - {"self"}
    for name, kind in described.items():
        default = re.search(r"default=(.*)$", kind)
        assert default, f"{name}: the docstring names no default"
        shown = ast.literal_eval(default[1])
        assert shown == signature[name].default, f"{name}: default={default[1]}, but it is {signature[name].default!r}"
        choices = re.search(r"\{([^}]*)\}", kind)
        if choices:
            of_rules = {each for rule in estimator._constraints[name] if isinstance(rule, OneOf) for each in rule.names}
            assert set(re.findall(r'"([^"]+)"', choices[1])) == of_rules, f"{name}: the docstring lists other choices"


def test_the_tree_of_errors_is_that_of_the_classes() -> None:
    text = exceptions.__doc__ or ""
    said = re.findall(r"[├└]── (\w+)\s+(?:\((\w+)\))?", text)
    classes = {
        name for name in exceptions.__all__
        if issubclass(getattr(exceptions, name), exceptions.DeepKMeansError) and name != "DeepKMeansError"
    }  # fmt: skip
    assert {name for name, _ in said} == classes
    for name, base in said:
        if base:
            assert base in {each.__name__ for each in getattr(exceptions, name).__mro__[1:]}
    warned = re.findall(r"^    (\w+Warning)", text, flags=re.MULTILINE)
    assert set(warned) - {"ConvergenceWarning"} == {name for name in exceptions.__all__ if name.endswith("Warning")}


def test_the_tree_of_errors_has_the_exit_codes() -> None:
    text = exceptions.__doc__ or ""
    said = {
        name: {int(code) for code in re.findall(r"\d+", codes)}
        for name, codes in re.findall(r"[├└]── (\w+) .*CLI exit ([\d, or]+)", text)
    }
    found = {
        name: {exit_code(getattr(exceptions, name)("x"))} for name in said if name != "OutputError"
    } | {"OutputError": {exit_code(exceptions.OutputError(number, "x")) for number in errno.errorcode}}  # fmt: skip
    assert said == found
    assert set().union(*found.values()) <= {entry.code for entry in EXIT_CODES}
