"""Whoever owns a thing sets it: no estimator is handed down, and no attribute is set from outside its class."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture._sources import room, trees
from tests.architecture.test_floors import floor

Function = ast.FunctionDef | ast.AsyncFunctionDef
#: What another library, or Python, wants to be set on objects of its own.
PROTOCOLS = {
    "cli/application.py: parameter.allow_from_autoenv", "cli/application.py: parameter.show_envvar",
    "cli/config.py: context.default_map", "cli/console.py: warnings.showwarning", "cli/exit_codes.py: raised.__cause__",
    "cli/options.py: ctx.allow_extra_args", "cli/options.py: error.args", "cli/progress.py: self._live.transient",
    "persistence/kept_results.py: raised.errno", "cli/streams.py: lost.errno", "cli/streams.py: sys.stderr",
    "cli/streams.py: sys.stdout", "estimators/fit_steps.py: stopped.model",
    "estimators/kmeans_prediction.py: tags.input_tags.sparse",
    "estimators/kmeans_prediction.py: tags.transformer_tags.preserves_dtype",
    "estimators/network.py: tags.input_tags.allow_nan", "estimators/network.py: tags.input_tags.sparse",
    "estimators/network.py: tags.transformer_tags.preserves_dtype", "estimators/prediction.py: tags.classifier_tags",
    "fitting/first_centers.py: norm.momentum", "estimators/model_file.py: error.errno",
    "runtime/notices.py: array.flags.writeable", "runtime/threads.py: function.argtypes",
    "runtime/threads.py: function.restype", "storage/atomic.py: raised.errno", "storage/folder_lock.py: held.errno",
    "training/checkpoints.py: error.differences", "training/steps.py: parameter.grad",
    "encoders/synchronized.py: ctx.collective",
}  # fmt: skip


def functions(tree: ast.AST, owner: str | None = None) -> Iterator[tuple[Function, str | None]]:
    """Every function, with the name of the class in whose body it stands."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from functions(node, node.name)
        elif isinstance(node, Function):
            yield node, owner
            yield from functions(node, owner)
        else:
            yield from functions(node, owner)


def made_here(function: Function, owner: str | None) -> set[str]:
    """Names in a method that hold an object of its own class which it has just made."""
    calls = {f"object.__new__({owner})", "object.__new__(cls)", "cls", owner}
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and owner is not None:
            call = node.value
            if {ast.unparse(call), ast.unparse(call.func)} & calls:
                found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return found


def set_from_outside(path: Path, tree: ast.Module) -> Iterator[str]:
    """``path: object.attribute`` of every attribute that is set on what is not ``self`` or ``cls``."""
    for function, owner in functions(tree):
        own = {"self", "cls"} | made_here(function, owner)
        for node in ast.walk(function):
            is_set = isinstance(node, ast.Attribute) and isinstance(node.ctx, (ast.Store, ast.Del))
            if is_set and ast.unparse(node.value) not in own:
                yield f"{path.as_posix()}: {ast.unparse(node)}"


def test_no_attribute_is_set_from_outside_its_class() -> None:
    found = {each for path, tree in trees().items() for each in set_from_outside(path, tree)}
    assert len(found) > 10  # the walk sees the package
    assert sorted(found - PROTOCOLS) == [], "return it, or give its owner a method"
    assert sorted(PROTOCOLS - found) == [], "set no more: delete these lines of PROTOCOLS"


def test_no_function_below_the_estimators_takes_a_model() -> None:
    found = []
    for path, tree in trees().items():
        if room(path) != "__init__" and floor(room(path)) < floor("estimators"):
            for function, _ in functions(tree):
                taken = function.args
                names = {each.arg for each in (*taken.posonlyargs, *taken.args, *taken.kwonlyargs)}
                found += [f"{path}:{function.lineno}: {function.name}"] if "model" in names else []
    assert found == [], "take what is needed of it: settings, rows, a plan"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def fit(model, X):\n    model.scaling_ = X", ["x.py: model.scaling_"]),
        ("def fit(model):\n    model.report_ |= {}", ["x.py: model.report_"]),
        ("def fit(model):\n    del model.report_", ["x.py: model.report_"]),
        ("class A:\n    def fit(self, rows):\n        rows.alter, self.b = 1, 2", ["x.py: rows.alter"]),
        ("class A:\n    def fit(self):\n        self.encoder_.precision = 1", ["x.py: self.encoder_.precision"]),
        ("class A:\n    def fit(self):\n        self.b = 1", []),
        ("class A:\n    def part(self):\n        part = object.__new__(A)\n        part.b = 1", []),
        ("class A:\n    @classmethod\n    def of(cls):\n        own = cls()\n        own.b = 1", []),
        ("class A:\n    def of(self):\n        own = B()\n        own.b = 1", ["x.py: own.b"]),
    ],
)
def test_the_rule_sees_violations(source: str, found: list[str]) -> None:
    assert [*set_from_outside(Path("x.py"), ast.parse(source))] == found
