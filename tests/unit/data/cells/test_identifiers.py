"""Columns that number or name the rows are left out, measurements never."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from deepkmeans.data.cells.identifiers import is_key_name
from deepkmeans.data.schema import Schema

rng = np.random.RandomState(0)
N = 200
GIVEN = ("John", "Mary", "Anna", "Peter", "Linda", "Paul", "Emma", "Hans", "Olga", "Luis")
FAMILY = ("Smith", "Jones", "Brown", "Miller", "Garcia", "Weber", "Novak", "Rossi", "Silva", "Kim",
          "Moore", "Taylor", "Clark", "Lewis", "Young", "Walker", "Hall", "Allen", "King", "Scott")  # fmt: skip


def kind(cells: Any, name: str = "column") -> str:
    return Schema.recognise(pd.DataFrame({name: cells})).columns[0].kind


KEYS = {
    "row numbers": range(N),
    "steps of ten": range(1000, 1000 + 10 * N, 10),
    "row numbers from the last": range(N, 0, -1),
    "ten digits": rng.choice(np.arange(9_000), N, replace=False) + 4_500_000_001,
    "nineteen digits": [int(value) for value in 10**18 + rng.randint(0, 10**9, N).astype(np.int64) * 10**9],
    "zeros before": [f"{value:05d}" for value in rng.choice(99_999, N, replace=False)],
    "letters and digits": [f"C-{value}" for value in rng.choice(99_999, N, replace=False)],
    "more letters and digits": [f"ORD{value:06d}X" for value in rng.permutation(N)],
    "uuids": [str(uuid.UUID(bytes=rng.bytes(16))) for _ in range(N)],
    "hashes": [rng.bytes(16).hex() for _ in range(N)],
    "mail": [f"user{value}@example.org" for value in range(N)],
    "telephones": [f"+49 30 {value}" for value in rng.choice(np.arange(1_000_000, 10_000_000), N, replace=False)],
    "American telephones": [f"(415) 555-{value:04d}" for value in range(N)],
    "names": [f"{given} {family}" for given in GIVEN for family in FAMILY],
    "names, family first": [f"{family}, Mr. {given}" for given in GIVEN for family in FAMILY],
    "Chinese names": [f"{a}{b}{c}" for a in "王李张刘陈杨赵黄周吴" for b in "伟芳娜敏静" for c in "强磊军洋"],
    "bank accounts": [f"DE{value % 90 + 10} {value} 8447 4917 9232 {value % 89 + 11}" for value in range(1000, 1200)],
    "number plates": [f"{'MBK'[value % 3]}-{'ABCDEFGH'[value % 8]}X {value * 7 + 11}" for value in range(N)],
    "words": [f"{a}{b}" for a in ("red", "blue", "dark", "pale", "wild") for b in FAMILY],
}


@pytest.mark.parametrize("what", KEYS)
def test_keys_are_recognised_without_a_name(what: str) -> None:
    cells = list(KEYS[what])
    assert kind(cells) == "identifier"
    assert kind(list(map(str, cells))) == "identifier"


MEASURES = {
    "ranks": 1 + rng.permutation(N),
    "steps of a scale": 10 * rng.permutation(N),
    "different numbers below 1000": rng.choice(1000, N, replace=False),
    "six digits": rng.choice(np.arange(100_000, 1_000_000), N, replace=False),
    "up to a million": rng.choice(1_000_000, N, replace=False),
    "sorted counts": np.sort(rng.choice(10 * N, N, replace=False)),
    "seconds since 1970": 1_600_000_000 + rng.choice(10**8, N, replace=False),
    "billions, rounded": 10**10 + 10 * rng.choice(10**6, N, replace=False),
    "income in dollars": np.unique(np.exp(rng.normal(10.5, 0.6, 3 * N)).round())[:N],
    "populations": np.unique(np.exp(rng.normal(12, 1.5, 2 * N)).round())[:N],
    "areas": np.unique(rng.normal(500_000, 90_000, 2 * N).round())[:N],
    "sorted incomes": np.sort(np.unique(np.exp(rng.normal(10.5, 0.6, 3 * N)).round())[:N]),
    "drawn between two numbers": rng.choice(np.arange(20_000, 150_000), N, replace=False),
    "years in a row": range(1820, 1820 + N),
    "few years": range(1990, 2020),
    "floats": rng.normal(size=N),
    "ages": rng.randint(18, 90, N),
    "ten different": [12, 35, 3, 8, 90, 41, 77, 5, 16, 28],
    "permutation of few": rng.permutation(15),
    "half numbers in steps": np.arange(N) / 2,
}


@pytest.mark.parametrize("what", MEASURES)
def test_measurements_stay(what: str) -> None:
    cells = np.random.RandomState(1).permutation(np.asarray(MEASURES[what]))
    assert kind(cells) == "number"
    assert kind(list(map(str, cells))) == "number"
    assert kind(np.asarray(MEASURES[what])) == "number"


def test_a_name_makes_different_numbers_a_key() -> None:
    cells = [20_517, 93_100, 44_001, 58_020]
    assert kind(cells) == "number"
    for name in ("id", "customer_id", "userId", "客户编号", "Kunden-Nr"):
        assert kind(cells, name) == ("identifier" if is_key_name(name) else "number")
    assert kind([1, 2, 1, 2, 3], "id") == "number"
    assert kind(["a", "b", "c"], "id") == "identifier"


def test_a_name_of_numbers_makes_different_ones_a_key() -> None:
    cells = rng.choice(100_000, N, replace=False)
    for name in ("code", "order number", "Invoice No.", "numéro", "电话号码"):
        assert kind(cells, name) == "identifier"
        assert kind(np.r_[cells, cells[:5]], name) == "number"


def test_whole_numbers_each_once_are_a_rank_or_number_the_rows() -> None:
    ranks = 1 + rng.permutation(N)
    column = Schema.recognise(pd.DataFrame({"place": ranks})).columns[0]
    assert column.kind == "number"
    assert column.notes == (
        "whole numbers 1 to 200, each once, in no order: taken for a rank; if they number the rows, say "
        "InputSpec(columns={'place': 'ignored'})",
    )
    column = Schema.recognise(pd.DataFrame({"place": np.sort(ranks)})).columns[0]
    assert column.reason == "whole numbers 1 to 200, each once, in the order of the rows: a row number"


SPELLED = {
    "versions": [f"{major}.{minor}.{patch}" for major in range(4) for minor in range(10) for patch in range(5)],
    "colours": [f"#{value:06x}" for value in rng.choice(2**24, N, replace=False)],
    "nucleotides": ["".join(rng.choice(list("ACGT"), 24)) for _ in range(N)],
    "amino acids": ["".join(rng.choice(list("ACDEFGHIKLMNPQRSTVWY"), 30)) for _ in range(N)],
    "addresses": [f"10.0.{net}.{host}" for net in range(4) for host in range(50)],
    "molecules": [f"C{'C' * (row % 15)}(=O)N{'C' * (row // 15)}" for row in range(N)],
}


@pytest.mark.parametrize("what", SPELLED)
def test_what_is_known_by_its_spelling_is_no_name_of_a_row(what: str) -> None:
    assert kind(SPELLED[what]) == "category"
    assert kind(SPELLED[what], "id") == "identifier"


@pytest.mark.parametrize(
    "name", ["id", "ID", "customer_id", "customerId", "index", "Unnamed: 0", "row", "#", "编号", "record", "uuid",
             "identifier_3", "orderKey", "Kennung"]
)  # fmt: skip
def test_names_of_keys(name: str) -> None:
    assert is_key_name(name)


@pytest.mark.parametrize("name", ["width", "solid", "idle", "humidity", "grid", "bid", "价格", "indexed", "monkey"])
def test_other_names(name: str) -> None:
    assert not is_key_name(name)


def test_labels_with_digits_of_which_two_are_alike_name_no_rows() -> None:
    labels = [f"{'IJKE'[row % 4]}{10 + row // 4}.{row % 7}" for row in range(N)]
    assert len(set(labels)) == N
    assert kind(labels) == "identifier"
    assert kind([*labels, labels[0]]) == "category"


def test_labels_that_come_again_are_categories() -> None:
    for cells in (KEYS["uuids"], KEYS["letters and digits"], KEYS["mail"]):
        few: Sequence[str] = list(cells)[:10]
        assert kind([few[row % 10] for row in range(N)]) == "category"


@pytest.mark.parametrize("name", ["MRN", "customer", "Patient", "Kunde", "Mitglied", "cliente", "客户", "account"])
def test_numbers_of_files_by_their_names(name: str) -> None:
    assert kind(rng.permutation(N) + 50_000, name) == "identifier"
    assert kind(rng.choice(np.arange(10**7, 10**8), N), name) == "identifier"
    assert kind(rng.randint(0, 50, N), name) == "number"
    assert kind(rng.normal(size=N), name) == "number"


@pytest.mark.parametrize("name", ["Name", "last_name", "Nachname", "Patient"])
def test_last_name_first_by_the_name_of_the_column(name: str) -> None:
    families = [a + b for a in ("Quo", "Zim", "Val", "Tor") for b in ("ka", "ri", "os", "em")]
    cells = [f"{family}, {first}{family[:3]}" for family in families for first in ("Ax", "Ib")]
    assert kind(cells, name) == "identifier"
    assert kind(cells, "place") == "text"


def test_what_keys_are_is_said() -> None:
    def reason(cells: Any) -> str:
        return Schema.recognise(pd.DataFrame({"column": cells})).columns[0].reason

    assert reason(KEYS["hashes"]) == "hashes"
    assert reason(KEYS["uuids"]) == "UUIDs"
    assert reason(KEYS["bank accounts"]) == "numbers of bank accounts"
    assert reason([cell.replace(" ", "") for cell in KEYS["bank accounts"]]) == "numbers of bank accounts"
