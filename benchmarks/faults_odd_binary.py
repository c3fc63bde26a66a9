"""Odd ``.npy``, ``.npz`` and ``.parquet`` files: every dtype and shape, headers that lie, parts that are missing."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from .faults_damage import blobs, damage

__all__ = ["Payload", "odd_npy", "odd_npz", "odd_parquet"]

Generator = np.random.Generator


class Payload:
    """Makes a file when something unpickles it."""

    def __init__(self, canary: str) -> None:
        self.canary = canary

    def __reduce__(self) -> Any:
        return Path(self.canary).touch, ()


def _array(random: Generator, canary: str) -> np.ndarray:
    n, d = int(random.choice([0, 1, 2, 12, 40])), int(random.choice([0, 1, 2, 3]))
    X = blobs(max(n, 1), max(d, 1), int(random.integers(100)))[:n, :d]
    made: dict[str, Callable[[], Any]] = {
        "plain": lambda: X, "float32": lambda: X.astype("f4"), "half": lambda: X.astype("f2"),
        "long": lambda: X.astype("g"),
        "int": lambda: X.astype(str(random.choice(["i1", "i8", "u2", ">i4"]))), "bool": lambda: X > 0,
        "big": lambda: X.astype(">f8"),
        "complex": lambda: X + 1j, "text": lambda: X.astype("U8"), "bytes": lambda: X.astype("S8"),
        "objects": lambda: X.astype(object),
        "payload": lambda: np.array([Payload(canary)], dtype=object), "dates": lambda: X.astype("i8").astype("M8[D]"),
        "durations": lambda: X.astype("i8").astype("m8[s]"),
        "records": lambda: np.zeros(n, dtype=[("a", "f8"), ("b", "i4")]),
        "void": lambda: np.zeros((n, 2), dtype="V8"), "holes": lambda: np.where(X > 3, np.nan, X),
        "inf": lambda: np.where(X > 3, np.inf, X),
        "huge": lambda: X * 1e300, "tiny": lambda: X * 1e-310, "constant": lambda: X * 0, "flat": lambda: X.ravel(),
        "scalar": lambda: np.float64(3),
        "pictures": lambda: random.random((max(n, 2), 8, 8)), "deep": lambda: X.reshape(*X.shape, *[1] * 20),
        "Fortran": lambda: np.asfortranarray(X), "wide": lambda: random.random((3, 5000)),
    }  # fmt: skip
    return np.asarray(made[str(random.choice(list(made)))]())


def odd_npy(random: Generator, canary: str) -> bytes:
    stream = io.BytesIO()
    array = _array(random, canary)
    np.lib.format.write_array(stream, array, version=None if random.random() < 0.7 else (3, 0), allow_pickle=True)
    data = stream.getvalue()
    if random.random() < 0.15:
        return _lying_header(data, random)
    return damage(data, random, [b"PK\x03\x04" * 50])[1] if random.random() < 0.3 else data


def _lying_header(data: bytes, random: Generator) -> bytes:
    """A shape that the file does not hold: too long, endless, negative."""
    shapes = ["(10**12, 2)", "(1000000000000, 2)", "(-1, 2)", "(2**62, 8)", "(3.5, 2)", "(9999999999, 1)"]
    shape = str(random.choice(shapes))
    head = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + data[128:]


def odd_npz(random: Generator, canary: str) -> bytes:
    stream, kind = io.BytesIO(), int(random.integers(10))
    if kind <= 2:
        rows = _array(random, canary)
        arrays = {"X": rows, "y": np.arange(len(rows) if rows.ndim else 1) % 3}
        if kind == 1:
            arrays["y"] = _array(random, canary)
        if kind == 2:
            arrays = {str(random.choice(["x", "data", "X\x1b[31m", "../X"])): rows}
        np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]
    elif kind <= 5:
        parts = _sparse_parts(random)
        np.savez(stream, **parts)
    elif kind == 6 and random.random() < 0.4:
        return _bomb()
    else:
        with zipfile.ZipFile(stream, "w") as archive:
            for name in random.choice(["X.npy", "y.npy", "X", "../X.npy", "/X.npy", "X.npy"], 2):
                if name not in archive.namelist():
                    archive.writestr(str(name), odd_npy(random, canary))
    data = stream.getvalue()
    return damage(data, random, [odd_npy(random, canary)])[1] if random.random() < 0.3 else data


def _sparse_parts(random: Generator) -> dict[str, Any]:
    form = str(random.choice(["csr", "csc", "coo", "bsr", "dia"]))
    matrix = sp.coo_array(np.where(random.random((12, 3)) < 0.5, 1.0, 0)).asformat(form)
    stream = io.BytesIO()
    sp.save_npz(stream, matrix)
    stream.seek(0)
    with np.load(stream) as loaded:
        parts = dict(loaded)
    if random.random() < 0.6:
        name = str(random.choice(list(parts)))
        values = parts[name]
        changes: list[Callable[[], Any]] = [
            lambda: values.astype("f4") if values.dtype.kind != "S" else np.array(b"xyz"),
            lambda: values[:-1] if values.ndim else np.array(b"csr"),
            lambda: values + 10**8 if values.dtype.kind in "if" else values,
            lambda: -values if values.dtype.kind in "if" else values,
            lambda: values.astype(object), lambda: np.array([10**15, 10**9]),
            lambda: values[:0] if values.ndim else values,
        ]  # fmt: skip
        parts[name] = changes[int(random.integers(len(changes)))]()
        if random.random() < 0.1:
            del parts[name]
    return parts


def _bomb(gibibytes: int = 5) -> bytes:
    """Zeros that take a thousandth of their size."""
    rows = gibibytes * 2**30 // 8
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "<f8", "fortran_order": False, "shape": (rows // 4, 4)})
    head, block = stream.getvalue(), bytes(2**20)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    unit = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = first + unit * (gibibytes * 1024) + packer.flush()
    name, size = b"X.npy", len(head) + gibibytes * 2**30
    extra = struct.pack("<HHQQ", 1, 16, size, len(packed))
    full = 0xFFFFFFFF  # the checksum is wrong: whoever gets so far has read it all
    sizes = (0, full, full, len(name), len(extra))
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 45, 0, 8, 0, 33, *sizes) + name + extra
    central = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 45, 45, 0, 8, 0, 33, *sizes, *[0] * 5) + name + extra
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 1, 1, len(central), len(local) + len(packed), 0)
    return local + packed + central + end


def odd_parquet(random: Generator, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if random.random() < 0.02:
        _parquet_bomb(pa, pq, path)
        return
    n = int(random.choice([0, 1, 2, 12, 40]))
    width = int(random.integers(1, 4))
    columns: dict[str, Any] = {f"c{i}": pa.array(blobs(max(n, 1), 1, i)[:n, 0]) for i in range(width)}
    for _ in range(int(random.choice([0, 1, 1, 2]))):
        names = ["a", "class", "", "=1+1", "\x1b[31mred", "$(touch x)", "x" * 300, "__index_level_0__"]
        columns[str(random.choice(names))] = _column(pa, n, random)
    table = pa.table(columns)
    if random.random() < 0.1:
        table = table.rename_columns(["same"] * table.num_columns)
    if random.random() < 0.35:
        table = table.replace_schema_metadata({b"pandas": _pandas_metadata(table, random)})
    try:
        pq.write_table(table, path, row_group_size=int(random.choice([1, 10, 100])))
    except (pa.ArrowException, ValueError):
        pq.write_table(pa.table({"a": [1.0, 2.0]}), path)
    if random.random() < 0.3:
        path.write_bytes(damage(path.read_bytes(), random, [b"PAR1" * 50])[1])


def _parquet_bomb(pa: Any, pq: Any, path: Path, gibibytes: int = 4) -> None:
    """Columns of nulls take nothing in the file."""
    group = pa.table({name: pa.nulls(2**20, pa.float64()) for name in "abcd"})
    with pq.ParquetWriter(path, group.schema, compression="zstd") as writer:
        for _ in range(gibibytes * 32):  # 32 MiB each
            writer.write_table(group, row_group_size=2**20)


def _column(pa: Any, n: int, random: Generator) -> Any:
    numbers = (np.arange(n) % 5).tolist()
    made: dict[str, Callable[[], Any]] = {
        "int8": lambda: pa.array(numbers, pa.int8()),
        "uint64": lambda: pa.array([2**63 + i for i in numbers], pa.uint64()),
        "half": lambda: pa.array(np.array(numbers, "f2")), "bool": lambda: pa.array([i > 2 for i in numbers]),
        "decimal": lambda: pa.array(numbers, pa.decimal128(10, 0)), "null": lambda: pa.nulls(n),
        "holes": lambda: pa.array([None if i == 2 else float(i) for i in numbers], pa.float64()),
        "text": lambda: pa.array([f"=a{i}" for i in numbers]),
        "binary": lambda: pa.array([b"\xff\x1b" for _ in numbers]),
        "date": lambda: pa.array(numbers, pa.date32()), "time": lambda: pa.array(numbers, pa.timestamp("us", "UTC")),
        "duration": lambda: pa.array(numbers, pa.duration("s")), "list": lambda: pa.array([[i] for i in numbers]),
        "struct": lambda: pa.array([{"a": i} for i in numbers]), "inf": lambda: pa.array([float("inf")] * n),
        "words": lambda: pa.array([f"w{i}" for i in numbers]).dictionary_encode(),
        "huge": lambda: pa.array([1e300] * n),
        "coded": lambda: pa.array(numbers).dictionary_encode(), "large": lambda: pa.array(["x"] * n, pa.large_string()),
    }  # fmt: skip
    return made[str(random.choice(list(made)))]()


def _pandas_metadata(table: Any, random: Generator) -> bytes:
    first = table.column_names[0]
    documents: list[Any] = [
        {"index_columns": [first], "columns": [], "column_indexes": []}, {"index_columns": ["no such"]},
        {"index_columns": 3},
        {"index_columns": [first, first]}, {"index_columns": [{"kind": "range", "start": 0, "stop": 9, "step": 1}]},
        [], None, "x",
        {"index_columns": [[first]]}, {"index_columns": {first: 1}}, {},
    ]  # fmt: skip
    if random.random() < 0.2:
        return random.bytes(20)
    return json.dumps(documents[int(random.integers(len(documents)))]).encode()


def pickled(canary: str) -> bytes:
    """A pickle by itself, under whatever name."""
    return pickle.dumps(Payload(canary))
