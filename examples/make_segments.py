"""Write segments.csv: 1,200 made-up customers of a shop in five segments, and segments-truth.csv, which one each is in.

The segments are trainees, families, retired people, professionals and small firms. No column tells all of them apart;
some cells are empty, and the city means nothing.

    python examples/make_segments.py [FOLDER]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

N_CUSTOMERS = 1200
SEGMENTS = ("trainee", "family", "retired", "professional", "small firm")
SHARES = (0.32, 0.25, 0.2, 0.15, 0.08)


def segments(seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """The table, and the segment (n,) of each customer."""
    rng = np.random.default_rng(seed)
    segment = rng.choice(len(SEGMENTS), N_CUSTOMERS, p=SHARES)

    def normal(means: tuple[float, ...], deviations: tuple[float, ...]) -> np.ndarray:
        return np.array(means)[segment] + np.array(deviations)[segment] * rng.normal(size=N_CUSTOMERS)

    def lognormal(medians: tuple[float, ...], deviation: float) -> np.ndarray:
        return np.array(medians)[segment] * np.exp(deviation * rng.normal(size=N_CUSTOMERS))

    def choice(levels: tuple[str, ...], shares: tuple[tuple[float, ...], ...]) -> np.ndarray:
        bounds = np.array(shares)[segment].cumsum(axis=1)
        drawn = (rng.random((N_CUSTOMERS, 1)) > bounds).sum(axis=1)
        return np.array(levels, dtype=object)[np.minimum(drawn, len(levels) - 1)]

    days = lognormal((200, 1500, 3000, 900, 1800), 0.35).astype(int)
    table = pd.DataFrame({
        "customer_id": [f"C{number:05d}" for number in range(N_CUSTOMERS)],
        "age": normal((22, 38, 70, 45, 41), (2.5, 5, 5, 7, 8)).clip(16, 95).round(),
        "city": rng.choice(np.array(["Bern", "Basel", "Zurich", "Geneva", "Lausanne"], dtype=object), N_CUSTOMERS),
        "annual_income": [f"{value:,.0f} CHF" for value in lognormal((14e3, 52e3, 28e3, 110e3, 70e3), 0.22).round(-2)],
        "visits_per_month": rng.poisson(np.array([9, 6, 3, 2, 14])[segment]),
        "basket": lognormal((12, 85, 35, 140, 420), 0.35).round(2),
        "channel": choice(
            ("web", "shop", "phone"),
            ((0.85, 0.05, 0.1), (0.4, 0.5, 0.1), (0.05, 0.75, 0.2), (0.75, 0.2, 0.05), (0.15, 0.05, 0.8)),
        ),
        "newsletter": choice(("yes", "no"), ((0.7, 0.3), (0.6, 0.4), (0.2, 0.8), (0.4, 0.6), (0.1, 0.9))),
        "customer_since": (np.datetime64("2025-06-30") - days.astype("timedelta64[D]")).astype(str),
    })  # fmt: skip
    for name in ("age", "annual_income", "city", "newsletter"):
        table.loc[rng.random(N_CUSTOMERS) < 0.03, name] = None
    return table, segment


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    table, segment = segments()
    table.to_csv(folder / "segments.csv", index=False)
    truth = pd.DataFrame({"customer_id": table["customer_id"], "segment": np.array(SEGMENTS)[segment]})
    truth.to_csv(folder / "segments-truth.csv", index=False)
    print(f"{len(table):,} customers in {folder / 'segments.csv'}, their segments in {folder / 'segments-truth.csv'}")


if __name__ == "__main__":
    main()
