"""A figure that notebooks show without pyplot; imported only where matplotlib is known to be there."""

from __future__ import annotations

import io

from matplotlib.figure import Figure

__all__ = ["ShownFigure"]


class ShownFigure(Figure):
    """A matplotlib Figure; a notebook that has not imported pyplot shows its picture, too."""

    def _repr_png_(self) -> bytes:
        png = io.BytesIO()
        self.savefig(png, format="png")
        return png.getvalue()
