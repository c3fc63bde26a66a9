"""Coverage-guided fuzzing of everything that reads a file, by atheris (libFuzzer); run by hand, Linux only.

::

    python -m venv fuzz-env && fuzz-env/bin/pip install -e '.[parquet]' atheris
    OMP_NUM_THREADS=1 fuzz-env/bin/python -m benchmarks.fuzz_readers CORPUS -max_total_time=1800

The first byte of an input says which reader gets the rest: that of a kind of data file, a model, a checkpoint, or the
strict JSON of a manifest. Half of the models are given sound checksums, so that what lies behind them is reached.
``CORPUS`` is a folder; it is filled with whole files of every kind when it is empty. An input that is a finding (see
``faults``) ends the run and stays as ``crash-...``, which repeats it: give that file instead of the corpus. With
``--keep-going`` each kind of finding is said once, its input kept as ``finding-...``, and the run goes on.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import atheris

with atheris.instrument_imports(include=["deepkmeans", "numpy.lib", "zipfile", "safetensors"]):
    import numpy as np
    import pandas as pd
    import scipy.sparse as sp

    import deepkmeans.persistence
    from deepkmeans.data.files import read_labels, read_table
    from deepkmeans.storage import read_container, write_container
    from deepkmeans.storage.strict_json import StrictJSONError, dump, parse

    from .faults_damage import blobs, checkpoint_bytes, model_bytes
    from .faults_models import behaves
    from .faults_verdict import Finding, Refused, Watch, judged
    from .faults_worker import warm_up

__all__ = ["main"]

_SUFFIXES = (
    ".csv", ".tsv", ".npy", ".npz", ".parquet", ".dkm", ".ckpt", ".manifest", ".document", ".txt", ".jsonl", ".feather",
    ".xlsx", ".zip", ".gz",
)  # fmt: skip
_FOLDER = Path(tempfile.mkdtemp(prefix="deepkmeans-fuzz-"))
_CANARY = _FOLDER / "canary"
_INPUTS: dict[str, int] = {}
_KNOWN: set[str] = set()


def one_input(data: bytes) -> None:
    """Refused, or read and then behaving as its kind should; anything else leaves as an error."""
    if len(data) < 2:
        return
    suffix, content = _SUFFIXES[data[0] % len(_SUFFIXES)], data[1:]
    path = _FOLDER / f"input{suffix}"
    outcome = "read"
    try:
        with Watch(_CANARY):
            if suffix == ".manifest":
                _read_json(content)
            elif suffix == ".document":
                _read_document(content)
            else:
                path.write_bytes(content)
                _READ[suffix](path)
    except Refused:
        outcome = "refused"
    name = f"{suffix} {outcome}"
    _INPUTS[name] = _INPUTS.get(name, 0) + 1


def _read_rows(path: Path) -> None:
    with judged():
        table = read_table(path)
    if isinstance(table.X, list):
        if not any(table.X):
            raise Finding("accepted", "texts of which all are empty")
        return
    X = table.X.data if sp.issparse(table.X) else table.X
    if isinstance(X, np.ndarray) and (np.isinf(X).any() or X.dtype != np.float32):
        raise Finding("not finite", f"{table.X.shape} {X.dtype}")
    if 0 in table.X.shape:
        raise Finding("accepted", f"a table of {table.X.shape}")
    if table.feature_names is not None and len(set(table.feature_names)) != table.X.shape[1]:
        raise Finding("accepted", "names that are no unique names of the columns")
    if table.labels is not None and len(table.labels) != table.n_samples:
        raise Finding("accepted", "more or fewer labels than rows")
    try:
        with judged():
            read_labels(path)
    except Refused:
        pass


def _read_model(path: Path) -> None:
    with judged():
        model = deepkmeans.persistence.load(path)
    behaves(model, np.random.default_rng(0))


def _read_checkpoint(path: Path) -> None:
    with judged():
        read_container(path, kind="checkpoint")


def _read_json(content: bytes) -> None:
    try:
        document = parse(content)
    except StrictJSONError as error:
        raise Refused(str(error)) from error
    if parse(dump(document)) != document and "nan" not in repr(document):
        raise Finding("other bits", "JSON that is read back as something else")


def _read_document(content: bytes) -> None:
    """A model whose document is the input, and whose tensors and checksums are sound."""
    kinds = sorted(_CONTENTS)
    _, tensors = _CONTENTS[kinds[content[0] % len(kinds)]]
    try:
        document = parse(content[1:])
    except StrictJSONError as error:
        raise Refused(str(error)) from error
    path = _FOLDER / "input.document"
    with judged():
        write_container(path, kind="model", document=document, tensors=tensors)
    _read_model(path)


_READ: dict[str, Callable[[Path], None]] = {
    **dict.fromkeys(_SUFFIXES, _read_rows),
    ".dkm": _read_model, ".ckpt": _read_checkpoint,
}  # fmt: skip
_CONTENTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}


def _fill(corpus: Path) -> None:
    """Whole files of every kind, each behind the byte of its reader."""
    X, place = blobs(12, 3).round(2), _FOLDER / "made"
    place.mkdir()
    frame = pd.DataFrame(X, columns=list("abc"))
    frame.to_csv(place / "1.csv", index=False)
    frame.assign(label="x").to_csv(place / "2.tsv", index=False, sep="\t", encoding="utf-16")
    frame.to_csv(place / "3.csv", index=False, sep=";", decimal=",", header=False)
    (place / "4.csv").write_bytes('# é\na,"b\n",c\n1,,NA\n"2",inf,1e400\n'.encode("cp1252"))
    np.save(place / "5.npy", X)
    np.save(place / "6.npy", X.astype(">f4").reshape(6, 2, 3))
    np.savez(place / "7.npz", X=X, y=np.arange(12) % 3)
    np.savez_compressed(place / "8.npz", X=X.astype(np.float32))
    for form in ("csr", "csc", "coo", "bsr", "dia"):
        sp.save_npz(place / f"{form}.npz", sp.coo_matrix(np.where(X > 3, X, 0)).asformat(form))
    frame.set_index("a").to_parquet(place / "9.parquet")
    frame.assign(label=["x", None] * 6).to_parquet(place / "10.parquet", compression="gzip")
    frame.assign(label="x").to_json(place / "11.jsonl", orient="records", lines=True)
    frame.assign(label="x").to_feather(place / "12.feather")
    frame.to_csv(place / "13.gz", index=False, compression="gzip")
    frame.to_csv(place / "14.zip", index=False, compression={"method": "zip", "archive_name": "a.csv"})
    frame.to_csv(place / "15.txt", index=False, sep=" ")
    for name, data in model_bytes().items():
        (place / f"{name}.dkm").write_bytes(data)
    for name, data in checkpoint_bytes()[0].items():
        (place / name).write_bytes(data)
    for name, (document, _) in _CONTENTS.items():
        text = dump(document)
        (place / f"{name}.manifest").write_bytes(text)
        (place / f"{name}.document").write_bytes(bytes([sorted(_CONTENTS).index(name)]) + text)
    for path in place.iterdir():
        (corpus / path.name.replace(".", "-")).write_bytes(bytes([_SUFFIXES.index(path.suffix)]) + path.read_bytes())


def main() -> None:
    keep_going = "--keep-going" in sys.argv
    if keep_going:
        sys.argv.remove("--keep-going")
    warnings.simplefilter("ignore")
    warm_up()
    for name, data in model_bytes().items():
        path = _FOLDER / "content.dkm"
        path.write_bytes(data)
        _CONTENTS[name] = read_container(path, kind="model")
        _read_model(path)  # loads what is loaded late
    corpus = next((Path(given) for given in sys.argv[1:] if not given.startswith("-")), None)
    if corpus is not None and not corpus.is_file():
        corpus.mkdir(parents=True, exist_ok=True)
        if not any(corpus.iterdir()):
            _fill(corpus)
    options = ["-max_len=262144", "-rss_limit_mb=2048", "-timeout=60", "-len_control=0"]
    given = [option.split("=")[0] for option in sys.argv]
    argv = [*sys.argv, *(option for option in options if option.split("=")[0] not in given)]
    atheris.Setup(argv, _forgiving if keep_going else _counted)
    atheris.Fuzz()


def _counted(data: bytes) -> None:
    """Write down now and then what was covered: libFuzzer leaves the process without a last word."""
    one_input(data)
    if sum(_INPUTS.values()) % 2000 == 0:
        words = ", ".join(f"{name} {count}" for name, count in sorted(_INPUTS.items()))
        os.write(2, f"inputs: {words}\n".encode())


def _forgiving(data: bytes) -> None:
    try:
        _counted(data)
    except Exception as error:
        words = re.sub(r"\d+|'[^']*'|/\S+", "_", f"{_SUFFIXES[data[0] % len(_SUFFIXES)]} {error}")[:120]
        _INPUTS["finding"] = _INPUTS.get("finding", 0) + 1
        if words not in _KNOWN:
            _KNOWN.add(words)
            name = f"finding-{hashlib.sha256(data).hexdigest()[:12]}"
            Path(name).write_bytes(data)
            os.write(2, f"{name}: {' '.join(str(error).split())[:400]}\n".encode())


if __name__ == "__main__":
    main()
