"""The headers of NumPy files, checked before an array is loaded: names, shapes, dtypes and sizes must agree."""

from __future__ import annotations

import math
import warnings
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from ..exceptions import InvalidDataError

__all__ = ["Declared", "declared_array", "declared_member", "member_keys"]


@dataclass(frozen=True)
class Declared:
    """The header of one array: claims, to be compared with what the file holds."""

    shape: tuple[int, ...]
    dtype: np.dtype
    fortran: bool
    begin: int  #: bytes of the header itself

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        return self.size * self.dtype.itemsize

    def __str__(self) -> str:
        return f"{' x '.join(map(str, self.shape)) or 'one value'} of {self.dtype}"


def declared_array(file: BinaryIO, name: str, stored: int, *, labels: bool = False) -> Declared:
    """The header at the beginning of ``file``, which has ``stored`` bytes; ``labels`` adapts the advice to labels.

    Raises
    ------
    InvalidDataError
        If it declares Python objects, records, or more bytes than there are.
    ValueError
        If there is no valid header.
    """
    version = np.lib.format.read_magic(file)  # type: ignore[no-untyped-call]
    if version == (3, 0):
        raise InvalidDataError(f"{name}: holds records with named fields; store a plain array of numbers")
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # the header is read as a Python literal
        shape, fortran, dtype = read(file)  # type: ignore[no-untyped-call]
    if any(isinstance(side, bool) or side < 0 for side in shape):
        raise InvalidDataError(f"{name}: is damaged (its shape is {shape}); write it again")
    declared = Declared(tuple(int(side) for side in shape), dtype, fortran, file.tell())
    if dtype.hasobject:
        wanted = "an array of numbers, for example X.astype('float32')"
        if labels:
            wanted = "the labels as texts or numbers, for example y.astype(str)"
        raise InvalidDataError(f"{name}: holds Python objects, which are never loaded; store {wanted}")
    if dtype.kind == "V":
        raise InvalidDataError(f"{name}: holds records with named fields; store a plain array of numbers")
    if declared.begin + declared.nbytes > stored:
        raise InvalidDataError(
            f"{name}: is damaged or cut short (it declares {declared}, {declared.nbytes:,} bytes, and holds "
            f"{stored - declared.begin:,}); write it again"
        )
    if declared.dtype.itemsize == 0 and declared.size:
        raise InvalidDataError(f"{name}: declares {declared} in no bytes; write it again")
    return declared


def declared_member(archive: zipfile.ZipFile, key: str, file: str, *, labels: bool = False) -> Declared:
    """The header of one array of an ``.npz``."""
    entry = archive.getinfo(f"{key}.npy")
    with archive.open(entry) as member:
        name = f"{file}: array {key!r}"
        return declared_array(member, name, entry.file_size, labels=labels)  # type: ignore[arg-type]


def member_keys(archive: zipfile.ZipFile) -> set[str]:
    """The names of the arrays of an ``.npz``."""
    return {name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")}
