"""``files``: damaged models and checkpoints. ``documents``: sound files with a crafted content."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from .faults_damage import blobs, checkpoint_bytes, damage, fit_with_checkpoints, model_bytes
from .faults_verdict import Finding, Refused, all_finite, judged, one_line

__all__ = ["behaves", "documents", "files", "prepare"]

Generator = np.random.Generator


def prepare() -> None:
    model_bytes()
    checkpoint_bytes()


def files(random: Generator, folder: Path) -> str:
    """One damaged file: refused by ``load``; a damaged checkpoint costs no bit of the fit it belongs to."""
    if random.random() < 0.2:
        return _checkpoint(random, folder)
    kinds = model_bytes()
    name = str(random.choice(list(kinds)))
    how, data = damage(kinds[name], random, list(kinds.values()))
    if random.random() < 0.05:  # whole and untouched
        how, data = "nothing", kinds[name]
    path = folder / "model.dkm"
    path.write_bytes(data)
    from deepkmeans import load

    try:
        with judged():
            model = load(path)
    except Refused:
        if data in kinds.values():
            raise Finding("refused whole", name) from None
        return "refused"
    if data not in kinds.values():
        raise Finding("accepted", f"{name} damaged by {how}")
    behaves(model, random)
    return "fitted"


def _checkpoint(random: Generator, folder: Path) -> str:
    from deepkmeans.storage import read_container

    stored, expected = checkpoint_bytes()
    names = list(stored)
    hit = str(random.choice(names))
    how, data = damage(stored[hit], random, [*stored.values(), model_bytes()["dcn"]])
    for name in names:
        (folder / name).write_bytes(data if name == hit else stored[name])
    if random.random() < 0.7:
        try:
            with judged():
                read_container(folder / hit, kind="checkpoint")
        except Refused:
            return "refused"
        if data not in stored.values():
            raise Finding("accepted", f"checkpoint damaged by {how}")
        return "fitted"
    with judged():
        model = fit_with_checkpoints(folder, resume=True)
    if not (np.array_equal(model.labels_, expected["labels"]) and _same(model.cluster_centers_, expected["centers"])):
        raise Finding("other bits", f"after a resume beside a checkpoint damaged by {how}")
    return "fitted"


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and one.tobytes() == other.tobytes()


@cache
def _contents() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    from tempfile import TemporaryDirectory

    from deepkmeans.storage import read_container

    with TemporaryDirectory() as folder:
        path, contents = Path(folder) / "model.dkm", {}
        for name, data in model_bytes().items():
            path.write_bytes(data)
            contents[name] = read_container(path, kind="model")
    return contents


def documents(random: Generator, folder: Path) -> str:
    """A file whose checksums hold and whose content was changed: refused, or a model like any other."""
    from deepkmeans import load
    from deepkmeans.exceptions import InvalidParameterError
    from deepkmeans.storage import write_container

    name = str(random.choice(list(_contents())))
    document, tensors = copy.deepcopy(_contents()[name])
    done = [
        _change_tensors(tensors, random) if random.random() < 0.4 else _change_document(document, random)
        for _ in range(int(random.choice([1, 1, 1, 2])))
    ]
    path = folder / "model.dkm"
    try:
        write_container(path, kind="model", document=document, tensors=tensors)
    except InvalidParameterError:
        return "refused"  # the writer knows no such content
    what = f"{name} with {', '.join(done)}"
    try:
        with judged():
            model = load(path)
    except Finding as finding:
        raise Finding(finding.kind, f"{finding.detail}: {what}") from finding
    try:
        behaves(model, random)
    except (Finding, Refused) as found:  # a model that was accepted may not refuse its own rows
        kind = found.kind if isinstance(found, Finding) else "accepted"
        raise Finding(kind, f"{one_line(found)}: {what}") from found
    return "fitted"


def behaves(model: Any, random: Generator) -> None:
    """The model predicts, transforms, can be shown and saved; everything is finite and in range."""
    import pandas as pd

    with judged():
        n_columns = model.n_features_in_
        if type(n_columns) is not int or not 0 < n_columns < 10_000:
            raise Finding("accepted", f"n_features_in_ is {n_columns!r:.60}")
        X: Any = blobs(12, n_columns, seed=int(random.integers(100)))
        if hasattr(model, "feature_names_in_"):
            names = list(model.feature_names_in_)
            if len(names) != n_columns:
                raise Finding("accepted", f"{len(names)} names of {n_columns} columns")
            X = pd.DataFrame(X, columns=names)
        all_finite(transform=model.transform(X))
        repr(model)
        model.get_params()
        if hasattr(model, "cluster_centers_"):
            k = len(model.cluster_centers_)
            labels = model.predict(X)
            for shown, found in (("predict", labels), ("labels_", model.labels_)):
                inside = not len(found) or 0 <= found.min() <= found.max() < k
                if found.dtype.kind != "i" or found.ndim != 1 or not inside:
                    raise Finding("wrong labels", f"{shown} beyond {k} clusters or no whole numbers")
            all_finite(centers=model.cluster_centers_, inertia=model.inertia_)
            if hasattr(model, "predict_proba"):
                all_finite(probabilities=model.predict_proba(X))
        else:
            all_finite(decoded=model.inverse_transform(model.transform(X)), score=model.score(X))


_VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 2, 3, 10**9, 2**62, -0.5, 0.5, 1e-300, 1e308, float("nan"), float("inf"), "", "x",
    "relu", "auto", "dense", "\x1b[31mred", "../../x", [], {}, [1], [[1]], ["a"], {"a": 1}, [1] * 100_000,
    [10**6, 10**6], "x" * 100_000, [[[[[[[[1]]]]]]]],
]  # fmt: skip


def _change_document(document: dict[str, Any], random: Generator) -> str:
    places = list(_places(document))
    holder, key, shown = places[int(random.integers(len(places)))]
    kind = str(random.choice(["delete", "extra", "value", "value", "value", "type", "double", "sibling"]))
    old = holder[key]
    if kind == "delete":
        del holder[key]
    elif kind == "extra" and isinstance(holder, dict):
        holder["extra"] = old
    elif kind == "type":
        holder[key] = str(old) if not isinstance(old, str) else len(old)
    elif kind == "double" and isinstance(old, (int, float)):
        holder[key] = old * 2
    elif kind == "sibling":
        other, own, _ = places[int(random.integers(len(places)))]
        holder[key] = copy.deepcopy(other[own])
    else:
        value = _VALUES[int(random.integers(len(_VALUES)))]
        kind, holder[key] = f"{value!r:.30}", copy.deepcopy(value)
    return f"{shown} {kind}"


def _places(value: Any, path: str = "") -> Any:
    pairs = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    for key, entry in pairs[:40]:
        shown = f"{path}/{key}"
        yield value, key, shown
        if isinstance(entry, (dict, list)) and "history" not in shown and "report" not in shown:
            yield from _places(entry, shown)


def _change_tensors(tensors: dict[str, Any], random: Generator) -> str:
    import torch

    name = str(random.choice(list(tensors)))
    old = tensors[name]
    fractional = old.is_floating_point()
    kind = str(random.choice([
        "nan", "inf", "huge", "negative", "zeros", "dtype", "bool", "empty", "flat", "transposed", "longer", "shorter",
        "wider", "delete", "extra", "rename", "scalar", "deep",
    ]))  # fmt: skip
    flat = old.clone().reshape(-1)
    if kind in ("nan", "inf", "huge") and flat.numel():
        value = {"nan": float("nan"), "inf": float("inf"), "huge": 1e9}[kind] if fractional else 10**4
        flat[int(random.integers(flat.numel()))] = value if old.dtype != torch.bool else 1
        tensors[name] = flat.reshape(old.shape)
    elif kind == "negative":
        tensors[name] = -old - 1 if old.dtype != torch.bool else ~old
    elif kind == "zeros":
        tensors[name] = torch.zeros_like(old)
    elif kind in ("dtype", "bool"):
        choices = [torch.float16, torch.bfloat16, torch.float64, torch.int8, torch.int64, torch.uint8]
        tensors[name] = old.to(torch.bool if kind == "bool" else choices[int(random.integers(len(choices)))])
    elif kind == "empty":
        tensors[name] = old.reshape(-1)[:0] if random.random() < 0.5 else old[:0] if old.dim() else old.reshape(1)[:0]
    elif kind == "flat":
        tensors[name] = old.reshape(-1)
    elif kind == "transposed":
        tensors[name] = old.T.contiguous() if old.dim() == 2 else old.reshape(1, -1)
    elif kind in ("longer", "wider") and old.dim():
        tensors[name] = torch.cat([old, old], dim=-1 if kind == "wider" else 0)
    elif kind == "shorter" and old.dim():
        tensors[name] = old[: max(len(old) // 2, 1)]
    elif kind == "delete":
        del tensors[name]
    elif kind == "rename":
        tensors[name + "2"] = tensors.pop(name)
    elif kind == "scalar":
        tensors[name] = torch.tensor(1, dtype=old.dtype)
    elif kind == "deep":
        tensors[name] = old.reshape(*[1] * 20, *old.shape)
    else:
        tensors["extra"] = old
    return f"{name} {kind}"
