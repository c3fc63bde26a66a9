"""AdamW as torch has it, without torch's compiler.

Methods of torch's optimizers are wrapped for its compiler, which the first call imports: a second of processor time and
a hundred megabytes, for training that is never compiled.
"""

from __future__ import annotations

import inspect

import torch

__all__ = ["AdamW"]

_Torch = torch.optim.AdamW


class AdamW(_Torch):
    """:class:`torch.optim.AdamW`, the same in every number; not to be compiled."""

    add_param_group = inspect.unwrap(_Torch.add_param_group)
    load_state_dict = inspect.unwrap(_Torch.load_state_dict)
    state_dict = inspect.unwrap(_Torch.state_dict)
    step = torch.no_grad()(inspect.unwrap(_Torch.step))
    zero_grad = inspect.unwrap(_Torch.zero_grad)
