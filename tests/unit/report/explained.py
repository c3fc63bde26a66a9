"""An explanation of a model, for pages of tests."""

from __future__ import annotations

from types import SimpleNamespace as Record
from typing import Any

import numpy as np

from deepkmeans.inspection import Explanation
from deepkmeans.inspection.health import HealthNote
from deepkmeans.inspection.reading import original_rows


def explained(model: Any, X: Any, namer: Any = None) -> Any:
    rows = original_rows(model, X)
    labels = np.asarray(model.labels_ if hasattr(model, "labels_") else model[-1].labels_)
    confidence = np.random.default_rng(0).beta(6, 2, len(labels))
    clusters = []
    for number in np.unique(labels[labels >= 0]).tolist():
        members = np.flatnonzero(labels == number)
        distinctions = [
            Record(column=column.name, kind=column.kind, level=None, strength=0.5, direction="high", inside="4",
                   outside="2", text=f"{column.name}: 4 against 2")
            for column in rows.columns[:3]
        ]  # fmt: skip
        profile = Record(
            distinctions=distinctions, headline=distinctions, words=[Record(word="orbit")] if rows.texts else []
        )
        clusters.append(Record(
            number=number, name=None, title=namer() if namer else f"Cluster {number}", size=len(members),
            share=len(members) / len(labels), profile=profile, rule="income above 40,000 EUR",
            confidence=float(confidence[members].mean()), stability=0.9,
            exemplars=Record(exemplars=members[:5].tolist(), boundary=members[-3:].tolist(), runner_up=0),
        ))  # fmt: skip
    n_clusters = len(clusters)
    merges = [
        Record(left=n_clusters + place - 1 if place else 0, right=place + 1, height=(place + 1) / n_clusters)
        for place in range(n_clusters - 1)
    ]
    tree = Record(n_leaves=n_clusters, fidelity=0.9, by_chance=0.4, is_confident=True)
    return Explanation(
        rows=rows, labels=labels, clusters=tuple(clusters), rules=(tree, tree), columns=(),
        tree=Record(merges=merges, clusters=tuple(range(n_clusters))), confidence=confidence, outlier_score=None,
        summary=("There are clusters.", "They differ.", "It is sure."), report=getattr(model, "report_", {}),
        health=(HealthNote("sizes", "ok", "Well apart.", "nothing"),),
    )  # fmt: skip
