"""The one training loop, its state, its watchers and its checkpoints. Nothing here knows what clustering is for."""

from .callbacks import Callback, EarlyStopping, Progress
from .checkpoints import Checkpoint
from .embedding import encode_rows
from .loop import train
from .state import Settings, TrainingState

__all__ = [
    "Callback",
    "Checkpoint",
    "EarlyStopping",
    "Progress",
    "Settings",
    "TrainingState",
    "encode_rows",
    "train",
]


def __dir__() -> list[str]:
    return list(__all__)
