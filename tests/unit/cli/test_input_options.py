"""--kind, --levels and the options of files: what they take, and what they refuse in the words of the option."""

from __future__ import annotations

from pathlib import Path

import pytest

from deepkmeans import InputSpec
from deepkmeans.cli.config import read_config
from deepkmeans.cli.file_options import FileOptions
from deepkmeans.cli.flags import in_flags, in_flags_of_files
from deepkmeans.cli.input_options import input_spec
from deepkmeans.exceptions import InvalidParameterError


def test_kinds_and_levels() -> None:
    assert input_spec(None, None) == InputSpec()
    assert input_spec(["text"], None) == InputSpec("text")
    assert input_spec(["zip=category", "a=b=date", "zip=category"], ["size=S,M,L", 'income=<=1,"1,5",>2'], ",") == (
        InputSpec(
            columns={"zip": "category", "a=b": "date"}, decimal=",",
            levels={"size": ["S", "M", "L"], "income": ["<=1", "1,5", ">2"]},
        )
    )  # fmt: skip
    assert input_spec(["table", "x=ordinal"], ["x=a,b"]).kind == "table"
    assert input_spec(["series"], []).kind == "series"


@pytest.mark.parametrize(
    ("kinds", "levels", "words"),
    [
        (["zip=categroy"], [], r"--kind zip= takes one of number, .*'categroy' \(did you mean 'category'\?\)"),
        (["txet"], [], r"--kind takes COLUMN=KIND, such as zip=category, or .*'txet' \(did you mean 'text'\?\)"),
        (["zip="], [], "--kind zip= takes one of"),
        (["=date"], [], "--kind takes COLUMN=KIND"),
        (["a=date", "a=number"], [], "given twice for the column 'a', as date and number"),
        (["text", "a=date"], [], "--kind text is for a whole input"),
        (["text", "table"], [], "give one of them"),
        (["series", "a=date"], [], "--kind series is for a whole input"),
        ([], ["size"], "--levels takes COLUMN=A,B"),
        ([], ["size="], "--levels size= takes the levels of the column, lowest first, two at least; got ''"),
        ([], ["size=S"], "two at least; got 'S'"),
        ([], ["size=S,S"], "names a level twice"),
        ([], ["size=S,,L"], "a name is empty"),
        (["size=category"], ["size=S,M"], "makes the column ordinal, and --kind says category"),
    ],
)
def test_what_is_no_kind(kinds: list[str], levels: list[str], words: str) -> None:
    with pytest.raises(InvalidParameterError, match=words):
        input_spec(kinds, levels)


def test_how_a_file_is_written() -> None:
    given = {"separator": "tab", "decimal": ",", "skipfooter": "2", "sheet": "0", "max_memory": "1M", "header": False}
    options = FileOptions.of({**given, "other": 3})
    assert options.arguments() == {
        "header": False, "separator": "\t", "decimal": ",", "skipfooter": 2, "sheet": 0, "max_memory": 2**20,
    }  # fmt: skip
    assert "max_memory" not in options.of_the_format()
    assert FileOptions(separator="|").or_those_of({"separator": ";", "encoding": "latin-1", "rows": 3}) == FileOptions(
        separator="|", encoding="latin-1"
    )
    for wrong in ({"separator": ";;"}, {"separator": "a"}, {"separator": '"'}, {"separator": ""}, {"decimal": ";"},
                  {"skipfooter": "-1"}, {"skipfooter": "x"}, {"max_memory": "much"}):  # fmt: skip
        option = next(iter(wrong)).replace("_", "-")
        with pytest.raises(InvalidParameterError, match=f"--{option} "):
            FileOptions.of(wrong)


def test_columns_in_a_file_of_options(tmp_path: Path) -> None:
    options = {"kind": "kind", "levels": "levels"}
    kinds = 'kind = ["zip=category", "text"]'
    for levels in ('levels = "size=S,M"', 'levels = ["size=S,M"]'):
        (tmp_path / "fit.toml").write_text(f"{kinds}\n{levels}\n")
        assert read_config(tmp_path / "fit.toml", options) == {"kind": ["zip=category", "text"], "levels": ["size=S,M"]}
    (tmp_path / "fit.toml").write_text('[kind]\nzip = "category"\n[levels]\nsize = ["S", "M,x"]\n')
    values = read_config(tmp_path / "fit.toml", options)
    assert values == {"kind": ["zip=category"], "levels": ['size=S,"M,x"']}
    assert input_spec(values["kind"], values["levels"]).levels == {"size": ["S", "M,x"]}
    (tmp_path / "fit.toml").write_text("kind = [3]\n")
    with pytest.raises(InvalidParameterError, match="'kind' takes a table of columns"):
        read_config(tmp_path / "fit.toml", options)


@pytest.mark.parametrize(
    ("python", "command"),
    [
        ('say InputSpec(columns={"zip": "category"}).', "say --kind zip=category."),
        ("preprocessor=InputSpec(columns={name: kind}).", "--kind NAME=KIND."),
        ("InputSpec(columns={...})", "--kind COLUMN=..."),
        ("InputSpec(columns={'x': ...})", "--kind x=..."),
        ("InputSpec(columns={'height (cm': 'number', 'a b': 'date'})", "--kind 'height (cm'=number --kind 'a b'=date"),
        ("InputSpec(levels={'size': ['S', 'M,x', 'L']})", "--levels size='S,\"M,x\",L'"),
        ("with InputSpec(kind='text') or InputSpec(decimal=',')", "with --kind text or --decimal ,"),
        ("(InputSpec)", "(InputSpec)"),
        ("InputSpec(", "InputSpec("),
    ],
)
def test_advice_in_python_becomes_flags(python: str, command: str) -> None:
    assert in_flags(python) == in_flags_of_files(python) == command
