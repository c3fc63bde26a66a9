"""One seed, one result: in another process, and across kill -9."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from deepkmeans.objectives import OBJECTIVES
from deepkmeans.storage import read_container
from deepkmeans.training import Checkpoint
from tests.subprocesses import PATIENCE, environment

FIT = """
import hashlib, random, sys, time, warnings
import numpy as np, torch
from sklearn.datasets import load_digits
from deepkmeans import DeepKMeans
from deepkmeans.training import Callback, Checkpoint
warnings.simplefilter("ignore")

class Pause(Callback):
    def on_epoch_end(self, state):
        time.sleep(0.1)

objectives, epochs, folder = sys.argv[1].split(","), int(sys.argv[2]), sys.argv[3:]
torch.manual_seed(5); np.random.seed(5); random.seed(5)
before = torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate()
threads = torch.get_num_threads(), torch.get_num_interop_threads(), torch.get_default_dtype()
X = load_digits().data[::6]
for objective in objectives:
    watchers = [Checkpoint(folder[0], resume=True), Pause()] if folder else None
    model = DeepKMeans(10, objective=objective, pretrain_epochs=epochs, max_epochs=epochs, tol=0.0,
                       callbacks=watchers, random_state=0).fit(X)
    assert torch.equal(before[0], torch.get_rng_state()) and (before[1] == np.random.get_state()[1]).all(), objective
    assert before[2] == random.getstate(), objective
    now = torch.get_num_threads(), torch.get_num_interop_threads(), torch.get_default_dtype()
    assert threads == now and torch.is_grad_enabled(), objective
    assert not torch.are_deterministic_algorithms_enabled(), objective
    digest = hashlib.sha256(model.labels_.tobytes() + model.cluster_centers_.tobytes())
    for weights in model.encoder_.state_dict().values():
        digest.update(weights.numpy().tobytes())
    print(objective, digest.hexdigest())
"""


def start(*args: object, hash_seed: str = "0") -> subprocess.Popen[str]:
    command, own = [sys.executable, "-c", FIT, *map(str, args)], environment(PYTHONHASHSEED=hash_seed)
    return subprocess.Popen(command, env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def digests(process: subprocess.Popen[str]) -> dict[str, str]:
    """What the process found, by objective."""
    out, error = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, error
    return dict(line.split() for line in out.splitlines())


@pytest.mark.slow
def test_two_fresh_processes_agree_to_the_bit_and_leave_global_state_alone():
    """Each fits every objective, in another order: what a fit leaves behind would change the next."""
    names = [*OBJECTIVES]
    first = digests(start(",".join(names), 2))
    second = digests(start(",".join(reversed(names)), 2, hash_seed="123"))
    assert {name for name in names if first[name] != second[name]} == set()
    assert {len(found) for found in first.values()} == {len(hashlib.sha256().hexdigest())}


@pytest.mark.slow
@pytest.mark.timeout(2 * PATIENCE)
def test_kill_9_at_random_moments_leaves_readable_checkpoints_and_the_same_end(tmp_path):
    epochs = 6
    whole = digests(start("dcn", epochs))
    generator = np.random.RandomState(0)
    folder: Path = tmp_path / "checkpoints"
    kills = 0
    while kills < 4:
        process = start("dcn", epochs, folder)
        before = {path.name for path in Checkpoint(folder).paths()}
        deadline = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < deadline:  # let it get past its newest checkpoint
            if {path.name for path in Checkpoint(folder).paths()} - before:
                break
            time.sleep(0.01)
        time.sleep(generator.uniform(0, 0.3))  # up to three epochs, which pause so that a fast processor is caught
        finished = process.poll() is not None
        process.send_signal(signal.SIGKILL)  # a process that has ended ignores it
        process.communicate()
        if finished:
            break
        kills += 1
        for path in Checkpoint(folder).paths():
            read_container(path, kind="checkpoint")
    assert kills >= 1
    assert digests(start("dcn", epochs, folder)) == whole
