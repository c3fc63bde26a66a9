"""Days of the week have an order that comes round, in which none is low: they are called by their names."""

import numpy as np
import pandas as pd

from deepkmeans import DeepKMeans
from deepkmeans.inspection import explain, smallest_change

DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def test_days_are_called_by_their_names() -> None:
    random, kind = np.random.RandomState(0), np.arange(120) % 3
    days = np.array(DAYS, dtype=object)[2 * kind + random.randint(2, size=120)]
    days[5] = None
    table = pd.DataFrame({"price": 10.0 * kind + random.randn(120), "day": days})
    model = DeepKMeans(3, random_state=0).fit(table)
    assert model.report_["input"]["columns"][1]["kind"] == "ordinal"
    explanation = explain(model, table)
    column = explanation.rows.column("day")
    assert column.kind == "category" and column.values[5] is None and column.values[0] == days[0]
    said = str(explanation)
    assert "monday or tuesday" in said.lower() and "low day" not in said.lower()
    change = smallest_change(model, table, 0)
    assert change is not None and "Row 0 would be in cluster" in change.text
