"""Fits in threads: each is bit for bit the fit alone, and the process is afterwards as it was."""

import contextlib
import json
import subprocess
import sys
import warnings

import numpy as np
import pytest
import torch

from deepkmeans import DeepKMeans
from deepkmeans.training import Callback
from tests.subprocesses import environment

#: Threads of torch that wait for others do not use a processor meanwhile: there are many more than processors.
PASSIVE = {"OMP_WAIT_POLICY": "passive"}

# In a process of its own, on three threads of torch: with another count sums round differently, and a thread that took
# over the count of a neighbour would be seen.
SCRIPT = """
import hashlib, json, threading, warnings
from concurrent.futures import ThreadPoolExecutor
import numpy as np, scipy.sparse as sp, torch
from sklearn.datasets import make_blobs
from torch import nn
from deepkmeans import Autoencoder, DeepKMeans, KMeans

torch.set_num_threads(3)
warnings.simplefilter("ignore")
wide = make_blobs(9000, 12, centers=9, cluster_std=4.0, random_state=0)[0]
table = make_blobs(220, 6, centers=4, cluster_std=3.0, random_state=1)[0]
few = table[:25]


class Dropping(nn.Module):
    def __init__(self, d, e):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(d, 16), nn.Dropout(0.3), nn.ReLU(), nn.Linear(16, e))
        self.decoder = nn.Linear(e, d)


def deep(X, **options):
    options = {"max_epochs": 2, "pretrain_epochs": 2, "random_state": 3} | options
    model = DeepKMeans(4, **options).fit(X)
    return model.labels_, model.cluster_centers_, model.transform(X)


def plain(X, **options):
    model = KMeans(9, random_state=3, **options).fit(X)
    return model.labels_, model.cluster_centers_, [model.inertia_]


def own_sum():
    return [float(torch.from_numpy(wide).float().sum())]


torch.manual_seed(0)
module = Dropping(6, 3)

FITS = [
    lambda: plain(wide),
    lambda: plain(wide.astype(np.float32), n_init=2),
    lambda: plain(sp.csr_matrix(np.where(wide > 2, wide, 0))),
    lambda: deep(table),
    lambda: deep(table, random_state=4),
    lambda: deep(few),
    lambda: deep(table, objective="vade"),
    lambda: deep(table, objective="dcn", encoder=lambda d, e: Dropping(d, e)),
    lambda: deep(table, objective="dec", encoder=module),
    lambda: [Autoencoder(2, noise=0.2, max_epochs=3, random_state=0).fit_transform(table)],
    own_sum,
]


def digest(number):
    parts = hashlib.sha256()
    for part in FITS[number]():
        parts.update(np.ascontiguousarray(part).tobytes())
    return parts.hexdigest(), torch.get_num_threads()


torch.manual_seed(11), np.random.seed(11)
states = torch.get_rng_state(), np.random.get_state()[1].copy()
filters = list(warnings.filters)
with ThreadPoolExecutor(8) as threads:
    together = list(threads.map(digest, [*range(len(FITS)), *range(len(FITS))]))
alone = [digest(number) for number in range(len(FITS))] * 2
print(json.dumps({
    "differ": [i % len(FITS) for i, (a, b) in enumerate(zip(together, alone)) if a != b],
    "threads": sorted({count for _, count in together + alone}),
    "torch": torch.equal(states[0], torch.get_rng_state()),
    "numpy": bool((states[1] == np.random.get_state()[1]).all()),
    "filters": warnings.filters == filters,
    "main": torch.get_num_threads(),
}))
"""


@pytest.mark.slow
def test_fits_in_eight_threads_are_the_fits_alone():
    command = [sys.executable, "-c", SCRIPT]
    run = subprocess.run(command, capture_output=True, text=True, env=environment(**PASSIVE), check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    found = json.loads(run.stdout.splitlines()[-1])
    assert found == {"differ": [], "threads": [3], "torch": True, "numpy": True, "filters": True, "main": 3}


SEARCH = """
import json, warnings
import numpy as np, torch
from joblib import parallel_config
from sklearn.datasets import make_blobs
from sklearn.model_selection import GridSearchCV
from deepkmeans import DeepKMeans

warnings.simplefilter("ignore")
X = make_blobs(150, 5, centers=3, cluster_std=3.0, random_state=0)[0]
model = DeepKMeans(3, objective="dcn", random_state=0, max_epochs=2, pretrain_epochs=2)
before = torch.get_rng_state()


def scores(jobs):
    with parallel_config("threading", n_jobs=jobs):
        search = GridSearchCV(model, {"n_clusters": [2, 3], "embedding_dim": [2, 3]}, cv=2, refit=False).fit(X)
    return search.cv_results_["mean_test_score"].tolist()


print(json.dumps({"same": scores(4) == scores(1), "torch": torch.equal(before, torch.get_rng_state())}))
"""


@pytest.mark.slow
def test_a_grid_search_in_threads_is_the_search_alone():
    command = [sys.executable, "-c", SEARCH]
    two = environment(OMP_NUM_THREADS="2", **PASSIVE)
    run = subprocess.run(command, capture_output=True, text=True, env=two, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    assert json.loads(run.stdout.splitlines()[-1]) == {"same": True, "torch": True}


class Stop(Callback):
    """A Ctrl-C at the end of a phase's first epoch."""

    def __init__(self, phase):
        self.phase = phase

    def on_epoch_end(self, state):
        if state.phase == self.phase:
            raise KeyboardInterrupt
        return False


@pytest.mark.parametrize("phase", ["pretrain", "cluster"])
@pytest.mark.parametrize("objective", ["dcn", "vade", "selflabel"])
def test_an_interrupted_fit_leaves_the_process_as_it_was(phase, objective):
    X = np.random.RandomState(0).randn(80, 4)
    before = torch.get_rng_state(), np.random.get_state()[1].copy(), torch.get_num_threads()
    model = DeepKMeans(3, objective=objective, random_state=0, max_epochs=2, pretrain_epochs=2, callbacks=[Stop(phase)])
    with warnings.catch_warnings(), contextlib.suppress(KeyboardInterrupt):
        warnings.simplefilter("ignore")
        model.fit(X)
    assert torch.equal(before[0], torch.get_rng_state())
    assert (before[1] == np.random.get_state()[1]).all()
    assert before[2] == torch.get_num_threads()


def test_fewer_rows_than_a_graph_needs_leave_the_global_generator():
    before = torch.get_rng_state()
    DeepKMeans(2, random_state=0).fit(np.random.RandomState(1).randn(12, 3))
    assert torch.equal(before, torch.get_rng_state())
