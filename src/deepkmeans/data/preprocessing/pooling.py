"""One row of what a network made of a picture or recording: it may give one for each place."""

from __future__ import annotations

from typing import Any

from torch import Tensor

__all__ = ["pooled"]


def pooled(output: Any, *, pooler: bool = True, first: bool = False) -> Tensor:
    """Rows (n, p) of what a module returned.

    Parameters
    ----------
    output : Tensor (n, p) or (n, p, height, width), or an output of transformers
        Of places the mean is taken. An output of transformers has its ``pooler_output``, else the states of its tokens.
    pooler : bool
        Whether the ``pooler_output`` is to be trusted: its weights may not have been in the files.
    first : bool
        Take the first token, which stands for all, and not the mean of them.
    """
    if not isinstance(output, Tensor):
        whole = getattr(output, "pooler_output", None) if pooler else None
        states = getattr(output, "last_hidden_state", None)
        if not isinstance(whole, Tensor) and isinstance(states, Tensor) and states.dim() == 3:
            return states[:, 0] if first else states.mean(dim=1)
        output = whole if isinstance(whole, Tensor) else states
    if not isinstance(output, Tensor):
        raise TypeError("it returns no tensor")
    return output.mean(dim=(2, 3)) if output.dim() == 4 else output
