"""A phase that is resumed from a checkpoint ends like one that was not stopped."""

import pytest
import torch

from deepkmeans.exceptions import CheckpointError
from deepkmeans.objectives import DCN
from deepkmeans.runtime import Seeds
from deepkmeans.training import Checkpoint, Settings, train

from .test_loop import StopAfter, network, same


def clustering(rows, folder=None, stop=None, resume=False, epochs=8):
    encoder, objective, history = network(), DCN(), []
    objective.setup(torch.tensor([[-1.0, 0.0], [1.0, 0.0]]), len(rows))
    saver = [] if folder is None else [Checkpoint(folder, resume=resume)]
    found = saver[0].open({"data": "same"}) if saver else None
    callbacks = [*saver, *([StopAfter(stop)] if stop else [])]
    state = train(
        encoder, objective, rows, phase="cluster", seeds=Seeds(0), history=history, callbacks=callbacks, resume=found,
        settings=Settings(max_epochs=epochs, batch_size=16, learning_rate=1e-2, tol=0.0),
    )  # fmt: skip
    return encoder, objective, state


def test_a_resumed_run_ends_bit_for_bit_like_an_uninterrupted_one(rows, tmp_path):
    encoder, objective, state = clustering(rows)
    clustering(rows, tmp_path, stop=3)
    again, objective2, state2 = clustering(rows, tmp_path, resume=True)
    assert same(encoder, again) and same(objective, objective2)
    assert torch.equal(state.labels, state2.labels)
    strip = [{k: v for k, v in record.items() if k != "seconds"} for record in state.history]
    assert strip == [{k: v for k, v in record.items() if k != "seconds"} for record in state2.history]


def test_a_damaged_checkpoint_falls_back_to_the_one_before(rows, tmp_path):
    reference = clustering(rows)[0]
    clustering(rows, tmp_path, stop=5)
    newest = Checkpoint(tmp_path).paths()[-1]
    data = bytearray(newest.read_bytes())
    data[len(data) // 2] ^= 0xFF
    newest.write_bytes(data)
    with pytest.warns(UserWarning, match="Trying the checkpoint before it"):
        again = clustering(rows, tmp_path, resume=True)[0]
    assert same(reference, again)


def test_only_the_newest_checkpoints_are_kept_and_foreign_ones_refused(rows, tmp_path):
    clustering(rows, tmp_path)
    assert len(Checkpoint(tmp_path).paths()) == 2
    with pytest.raises(CheckpointError, match="belongs to another fit: data differ"):
        Checkpoint(tmp_path, resume=True).open({"data": "other"})
    assert Checkpoint(tmp_path, resume=False).open({"data": "other"}) is None
