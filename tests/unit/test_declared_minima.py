"""The oldest releases that pyproject.toml allows, as ``make oldest`` installs them."""

import tomllib

import pytest
from packaging.requirements import Requirement

from tests.declared_minima import PYPROJECT, declared_minima

DOCUMENT = tomllib.loads(PYPROJECT.read_text("utf-8"))


def test_every_dependency_has_a_minimum_that_is_installed_exactly():
    minima = declared_minima(DOCUMENT)
    names = {Requirement(line).name for line in DOCUMENT["project"]["dependencies"]} - {"torch"}
    assert names < minima.keys() and {"pyarrow", "matplotlib", "pytest", "setuptools"} < minima.keys()
    assert minima["numpy"] == "2.0" and "igraph" not in minima and "torch" not in minima


def test_two_minima_of_one_name_are_an_error():
    document = {
        "build-system": {"requires": ["setuptools>=77"]},
        "project": {"dependencies": ["pandas>=2.2.2"], "optional-dependencies": {"map": ["pandas>=2.0", "rich"]}},
    }
    with pytest.raises(ValueError, match="pandas has two minima: 2.2.2 and 2.0"):
        declared_minima(document)
    document["project"]["optional-dependencies"]["map"].pop(0)
    assert declared_minima(document) == {"pandas": "2.2.2", "setuptools": "77"}
