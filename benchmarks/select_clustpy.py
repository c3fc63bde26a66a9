"""One fit of a ClustPy method that finds its own number of clusters, in ClustPy's own environment.

``clustpy-env/bin/python benchmarks/select_clustpy.py METHOD ROWS.npy SEED LIMIT`` prints one line of JSON.
``select_peers`` calls it; ``clustpy_peer.py`` says how the environment is built. Every method has its own defaults.
A fit that takes more than LIMIT processor seconds is ended by SIGPROF.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time

import numpy as np
from clustpy_peer import stand_in_for_torchvision


def main(method: str, path: str, seed: str, limit: str) -> None:
    if method == "DipDECK":  # the others load no torch
        stand_in_for_torchvision()
        import clustpy.deep as room
    else:
        import clustpy.centroid as room
    X = np.load(path, allow_pickle=False)
    signal.setitimer(signal.ITIMER_PROF, float(limit))  # no handler: the signal ends this process, wherever it is
    started, busy = time.perf_counter(), time.process_time()
    with open(os.devnull, "w") as quiet, contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
        model = getattr(room, method)(random_state=int(seed)).fit(X)
    figures = {"seconds": time.perf_counter() - started, "cpu_seconds": time.process_time() - busy}
    print(json.dumps({"k": int(model.n_clusters_), **figures}))


if __name__ == "__main__":
    main(*sys.argv[1:])
