"""Messages of the package in the words of the command: flags and files instead of parameters and attributes."""

from __future__ import annotations

import ast
import re

from .._quoting import shell_list, shell_word
from .sentences import in_words_of_the_command

__all__ = ["in_flags", "in_flags_of_files", "in_flags_of_fit"]

#: A parameter in messages, and an argument with its value.
_PARAMETER = re.compile(r"The '(\w+)' parameter(?: of \w+)?")
_ARGUMENT = re.compile(r"\b(n_clusters|partition|reduce(?=='))=('[^']*'|\w+)")
#: Attributes in Python, and the keys of run.json that hold the same.
_KEYS = {
    "report_['rounds'][0]['candidates']": "report.rounds in the run.json",
    "alternatives_": "report.alternatives in run.json",
    "report_['input']['skipped']": "report.input.skipped in run.json",
}
#: Advice of messages in Python, and the same for the command.
_ADVICE = {
    "raise max_epochs or tol.": "raise --max-epochs.",
    "; raise max_iter or tol.": ".",
    " Possibly due to duplicate points in X.": " Possibly due to equal rows.",
    "another objective or a lower learning_rate": "another --objective or a lower --learning-rate",
    "lower learning_rate, check": "lower --learning-rate, check",
    "use precision='float32'": "use --precision float32",
    "use device='auto' or 'cpu'": "use --device auto or cpu",
}
#: Options that only ``fit`` has.
_OF_FIT = re.compile(
    r"(?<![\w-])(?<!fit )(--(?:clusters|objective|partition|scaling|reduce|missing|embedding-dim|pretrain-epochs|"
    r"max-epochs|batch-size|learning-rate|device|precision)\b)(?!-)"
)
_ITERATIONS = re.compile(r"\bat max_iter=(\d+)")
_ASKED = re.compile(r"\bn_clusters \((\d+)\)")
_LIMIT = re.compile(r"\bmax_epochs=(\d+)(.*); tol=[^)]*\)")

#: The same for files and folders.
_FILE_ADVICE = {
    "that save() wrote": "that `deepkmeans fit` wrote",
    "with save()": "with a new fit",
    "name another folder": "give another --out",
    "a run is a folder: choose another name": "a run is a folder: give another name with --out",
    "choose a new name": "give --out a new name",
    "or choose an empty folder": "or give another --out",
    "fit again, or resume the fit": "fit again, or continue it with `deepkmeans fit ... --resume`",
    "give the folder of a run": "give a folder that `deepkmeans fit` made",
    "resume=True, force=True": "--resume --force",
}
#: Arguments that only readers and writers of files have, with or without a value: drop=['a', 1], header=False, columns=
_LITERAL = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|-?\d+)"""
_FILE_ARGUMENT = re.compile(
    r"(?<![\w.-])(columns|drop|label_column|header|separator|encoding|decimal|comment|skipfooter|sheet|member|kind|"
    r"max_memory|force|resume)="
    rf"(\[{_LITERAL}(?:, {_LITERAL})*\]|\d+ \* 2\*\*20|{_LITERAL}|True|False|(?=[\s,;.)]|$))"
)
_OF_A_READER = re.compile(r"The '(\w+)' parameter of read_(?:table|texts)")
_NO_LABELS = re.compile(r"(?s)^((.*) holds no labels\.csv .*; make labels with )the predict method of its model$")


def in_flags(text: str) -> str:
    """A message of the estimators, with flags of ``fit`` and keys of run.json in place of the names of Python."""
    text = _PARAMETER.sub(lambda match: _flag(match[1]), in_words_of_the_command(text))
    text = _ARGUMENT.sub(lambda match: f"{_flag(match[1])} {match[2].strip(chr(39))}", text)
    for name, key in _KEYS.items():
        text = text.replace(name, key)
    for advice, words in _ADVICE.items():
        text = text.replace(advice, words)
    text = _ASKED.sub(r"--clusters \1", _ITERATIONS.sub(r"after \1 iterations", text))
    return _LIMIT.sub(r"--max-epochs \1\2)", text)


def in_flags_of_fit(text: str) -> str:
    """The same for verbs that have none of these flags: ``fit --clusters``."""
    return _OF_FIT.sub(r"fit \1", in_flags(text))


def in_flags_of_files(text: str) -> str:
    """A message on a data file, a model, a run or an output, with flags of the command for arguments of Python."""
    for advice, words in _FILE_ADVICE.items():
        text = text.replace(advice, words)
    text = _OF_A_READER.sub(lambda match: _flag(match[1]), text)
    text = _NO_LABELS.sub(lambda match: f"{match[1]}`deepkmeans predict {shell_word(match[2])} DATA`", text)
    return _FILE_ARGUMENT.sub(_file_option, in_words_of_the_command(text))


def _file_option(match: re.Match[str]) -> str:
    option, value = _flag(match[1]), match[2]
    if option == "--header" and value not in ("True", "False"):
        option = "--header-line"
    if value in ("True", "False"):
        return option if value == "True" else f"--no-{option[2:]}"
    if not value:
        return option
    if value.endswith("* 2**20"):
        return f"{option} {value.split()[0]}M"
    given = ast.literal_eval(value)
    return f"{option} {shell_list(given) if isinstance(given, list) else shell_word(given)}"


def _flag(parameter: str) -> str:
    return {"n_clusters": "--clusters", "random_state": "--seed"}.get(parameter, "--" + parameter.replace("_", "-"))
