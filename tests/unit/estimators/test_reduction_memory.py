"""Wide sparse rows are projected without ever being a dense table."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.subprocesses import environment

MEMORY = """
import json, threading, time, warnings
import numpy as np, scipy.sparse as sp
from sklearn.datasets import make_blobs
from deepkmeans import DeepKMeans

warnings.simplefilter("ignore")
DeepKMeans({options}).fit(make_blobs(100, n_features=300, random_state=0)[0])  # every library is loaded
random = np.random.RandomState(0)
group = np.arange(2000) % 4
column = random.randint(0, 12_500, (2000, 60)) * 4 + group[:, None]  # (n, words of a row)
X = sp.csr_matrix((random.rand(column.size), column.ravel(), np.arange(0, column.size + 1, 60)), (2000, 50_000))

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096

before = peak = resident()
done = threading.Event()

def watch():
    global peak
    while not done.wait(0.002):
        peak = max(peak, resident())

watcher = threading.Thread(target=watch)
watcher.start()
model = DeepKMeans({options}).fit(X)
same = bool((model.predict(X) == model.labels_).all())
done.set()
watcher.join()
print(json.dumps([before, max(peak, resident()), same, X.shape[0] * X.shape[1] * 8]))
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="resident memory is read from /proc")
@pytest.mark.parametrize("options", ["4, random_state=0", "4, objective='dcn', pretrain_epochs=2, max_epochs=2"])
def test_fifty_thousand_sparse_columns_are_never_dense(options):
    """In a process of its own: the rows as a dense table would be 800 MB, the fit takes a small part of that."""
    command = [sys.executable, "-c", MEMORY.format(options=options)]
    run = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    before, peak, same, dense = json.loads(run.stdout)
    assert same and dense == 800_000_000
    assert peak - before < 0.5 * dense, f"{(peak - before) / 1e6:.0f} MB beyond the {before / 1e6:.0f} MB before"
