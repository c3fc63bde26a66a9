"""Data: scikit-learn's own, generated shapes, files and folders of the user's. Never a download."""

from .bundled import Dataset, load_breast_cancer, load_digits, load_iris, load_wine
from .folder import load_folder
from .reading import read_table, read_texts
from .shapes import make_shapes

__all__ = [
    "Dataset",
    "load_breast_cancer",
    "load_digits",
    "load_folder",
    "load_iris",
    "load_wine",
    "make_shapes",
    "read_table",
    "read_texts",
]


def __dir__() -> list[str]:
    return list(__all__)
