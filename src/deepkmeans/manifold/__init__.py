"""Layouts of rows in a few dimensions that keep neighbours together, and the place of a new row in a finished one."""

from .interpolation import NeighborInterpolation
from .methods import FEWEST_ROWS, fit_tsne, fit_umap, load_umap

__all__ = ["FEWEST_ROWS", "NeighborInterpolation", "fit_tsne", "fit_umap", "load_umap"]
