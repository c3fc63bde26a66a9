"""The house rules that a machine can read: one loop, no side effects, nothing executable in a file, small files."""

from __future__ import annotations

import ast
import importlib
from statistics import median

import pytest

from tests.architecture._sources import PACKAGE, ROOT, calls, imports, room, trees

BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "core", "misc"}
EXECUTABLE = {"pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve", "runpy"}
NETWORK = {"ftplib", "http", "httpx", "requests", "smtplib", "socket", "socketserver", "ssl", "urllib"}
GLOBAL_STATE = {
    "manual_seed", "manual_seed_all", "seed_all", "set_default_dtype", "set_default_device", "set_flush_denormal",
    "set_float32_matmul_precision", "set_num_threads", "set_num_interop_threads", "set_rng_state", "set_seed",
    "use_deterministic_algorithms",
}  # fmt: skip


def test_exactly_one_training_loop() -> None:
    found = [
        f"{path}:{line}" for path, tree in trees().items() for line, name in calls(tree) if name.endswith(".backward")
    ]
    assert len(found) == 1, f"one training loop means one call of backward, found {found}"
    assert found[0].startswith(("training/", "runtime/"))


def test_no_print() -> None:
    found = [
        f"{path}:{line}"
        for path, tree in trees().items()
        if room(path) != "cli"
        for line, name in calls(tree)
        if name in ("print", "pprint", "pprint.pprint")
    ]
    assert found == [], "libraries are silent: return it, warn, or use a callback"


def test_global_state_is_touched_in_runtime_only() -> None:
    found = [
        f"{path}:{line}: {name}"
        for path, tree in trees().items()
        if room(path) != "runtime"
        for line, name in calls(tree)
        # Generator().manual_seed seeds that generator alone.
        if (name.split(".")[-1] in GLOBAL_STATE and not name.startswith("?"))
        or name in ("np.random.seed", "numpy.random.seed", "random.seed", "os.putenv", "os.chdir")
    ]
    assert found == [], "use runtime.Seeds and its generators"


def test_nothing_executable_is_read_or_written() -> None:
    found = [
        f"{path}:{line}: {name}"
        for path, tree in trees().items()
        for line, name in imports(path, tree)
        if name.split(".")[0] in EXECUTABLE
    ]
    found += [
        f"{path}:{line}: {name}"
        for path, tree in trees().items()
        for line, name in calls(tree)
        if name in ("eval", "exec", "compile", "__import__", "torch.load", "torch.save", "torch.jit.load", "os.system")
    ]
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "allow_pickle" and ast.unparse(node.value) != "False":
                found.append(f"{path}:{node.value.lineno}: allow_pickle")
    assert found == [], "model files hold data only; see SECURITY.md"


def test_no_network() -> None:
    found = [
        f"{path}:{line}: {name}"
        for path, tree in trees().items()
        for line, name in imports(path, tree)
        if name.split(".")[0] in NETWORK
    ]
    assert found == [], "the package never opens a connection"


def test_no_drawer_for_everything() -> None:
    parts = [
        path.relative_to(ROOT)
        for top in ("src", "tests", "benchmarks", "examples")
        for path in (ROOT / top).rglob("*.py")
        if BANNED_NAMES & {*path.relative_to(ROOT).with_suffix("").parts}
    ]
    assert parts == [], "name a module after what it holds"


def test_files_are_small() -> None:
    """At most 300 lines each; half of the modules of the package have fewer than 100."""
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines())
        for top in (PACKAGE, ROOT / "tests") for path in top.rglob("*.py")
    }  # fmt: skip
    assert {path: lines for path, lines in lengths.items() if lines > 300} == {}
    assert lengths["src/deepkmeans/estimators/deep_kmeans.py"] < 250  # the method, read in one sitting
    assert median(lines for path, lines in lengths.items() if path.startswith("src")) < 100


def test_every_module_says_what_it_is() -> None:
    silent = [str(path) for path, tree in trees().items() if tree.body and not ast.get_docstring(tree)]
    assert silent == []


def _sort_key(name: str) -> tuple[int, str]:
    """The order that ruff's RUF022 keeps: constants, classes, everything else."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)


@pytest.mark.parametrize("path", sorted(path for path in trees()), ids=str)
def test_dunder_all_is_sorted_and_true(path) -> None:  # type: ignore[no-untyped-def]
    if path.name == "__main__.py":
        return
    parts = [part for part in path.with_suffix("").parts if part != "__init__"]
    module = importlib.import_module(".".join(["deepkmeans", *parts]))
    names = getattr(module, "__all__", [])
    assert list(names) == sorted(names, key=_sort_key)
    assert len(set(names)) == len(names)
    assert [name for name in names if not hasattr(module, name)] == []


#: Make tensors of torch's default dtype, or layers of such weights, unless told another.
FLOATING = {"torch.empty", "torch.eye", "torch.linspace", "torch.ones", "torch.rand", "torch.randn", "torch.zeros"}
LAYERS = {"BatchNorm1d", "BatchNorm2d", "Conv2d", "ConvTranspose2d", "Embedding", "LayerNorm", "Linear"}


def test_tensors_and_layers_name_their_dtype() -> None:
    found = []
    for path, tree in trees().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            floats = name in ("torch.tensor", "torch.full") and any(
                isinstance(getattr(part, "op", None), ast.Div)
                or isinstance(getattr(part, "value", None), float)
                or getattr(part, "id", None) == "float"
                for argument in node.args for part in ast.walk(argument)
            )  # fmt: skip
            made = name in FLOATING or (name.startswith("nn.") and name[3:] in LAYERS)
            if (made or floats) and not {"dtype", None} & {keyword.arg for keyword in node.keywords}:
                found.append(f"{path}:{node.lineno}: {name}")
    assert found == [], "torch's default dtype is the caller's, and of the whole process: see runtime/ambient.py"
