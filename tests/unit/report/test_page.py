"""The page: whatever rows hold, it has no active element but its own, and no address."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from deepkmeans.exceptions import InvalidParameterError, OutputError
from deepkmeans.inspection import explain
from deepkmeans.report import write_report
from deepkmeans.report.page import _script
from deepkmeans.report.sentences import Sentences
from tests.unit.report.pages import customers, foreign_page, page_of, table_page, text_page
from tests.unit.report.payloads import PAYLOADS

#: Elements with a content of their own, which markup in a page could add.
ACTIVE = {
    "script",
    "style",
    "iframe",
    "object",
    "embed",
    "link",
    "base",
    "form",
    "meta",
    "audio",
    "video",
    "img",
    "input",
}


class Elements(HTMLParser):
    """The elements of a page, with their attributes; text of scripts and styles by their number."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[int, str] = {}
        self.is_inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self.is_inside = tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self.is_inside = False

    def handle_data(self, data: str) -> None:
        if self.is_inside:
            self.texts[len(self.found) - 1] = self.texts.get(len(self.found) - 1, "") + data

    def count(self) -> dict[str, int]:
        return {tag: sum(name == tag for name, _ in self.found) for tag in ACTIVE}

    def attributes(self) -> list[tuple[str, str, str]]:
        return [(tag, name, value or "") for tag, given in self.found for name, value in given.items()]

    def inline(self, wanted: str) -> list[str]:
        return [
            self.texts[place] for place, (tag, given) in enumerate(self.found) if tag == wanted and "type" not in given
        ]

    def data(self) -> dict[str, Any]:
        place = next(i for i, (_, given) in enumerate(self.found) if given.get("id") == "data")
        document: dict[str, Any] = json.loads(self.texts[place])
        return document


def elements(path: Path) -> Elements:
    return Elements(path.read_text("utf-8"))


def numbers(column: dict[str, Any], name: str = "data") -> np.ndarray:
    return np.frombuffer(base64.b64decode(column[name]), {1: "u1", 2: "<u2", 4: "<u4"}[column["bytes"]])


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return table_page(tmp_path_factory.mktemp("page") / "report.html")


def test_nothing_active_comes_from_rows(tmp_path: Path, page: Path) -> None:
    """300 payloads in column names, cells, texts, titles and names of clusters."""
    assert len(PAYLOADS) >= 300
    usual = elements(page).count()
    random = np.random.RandomState(0)
    pages = []
    for start in range(0, 300, 75):
        some = PAYLOADS[start : start + 75]
        frame = pd.DataFrame({name: random.choice(some, 90) for name in some[:20]})
        for place, name in enumerate(some[20:]):
            frame[name] = random.normal(size=90) + (np.arange(90) % 2) * place
        encoding = ColumnTransformer([("one", OneHotEncoder(), some[:20])], remainder="passthrough")
        for name, steps, X in (("table", encoding, frame), ("texts", TfidfVectorizer(), [*some, *some[:15]])):
            model = make_pipeline(steps, KMeans(3, n_init=1, random_state=0)).fit(X)
            path = tmp_path / f"{name}{start}.html"
            pages.append(page_of(model, X, path, title=some[0], namer=iter(some).__next__))
    for path in pages:
        found = elements(path)
        assert found.count() == usual | {"img": 0}
        assert [name for _, name, _ in found.attributes() if name.startswith("on")] == []
        assert not any(name in ("style", "srcdoc", "action", "formaction") for _, name, _ in found.attributes())
        links = {value for _, name, value in found.attributes() if name in ("href", "src", "xlink:href")}
        assert all(link.startswith("#") for link in links)
        assert len(found.inline("script")) == 1 and len(found.inline("style")) == 1
        assert found.data()["count"] == 90


def test_the_policy_lets_in_this_script_and_this_style(page: Path) -> None:
    found = elements(page)
    policies = [given["content"] for tag, given in found.found if tag == "meta" and "http-equiv" in given]
    assert len(policies) == 1 and policies[0] is not None
    assert policies[0].startswith("default-src 'none'") and "unsafe" not in policies[0]
    for tag in ("script", "style"):
        (text,) = found.inline(tag)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policies[0]


def test_the_page_names_no_address(page: Path) -> None:
    text = page.read_text("utf-8")
    assert re.findall(r"(?i)\b(?:https?|ftp|wss?):", text) == []
    assert re.findall(r"""(?i)(?:src|href|url|import)\s*[=(:]\s*["']?\s*//""", text) == []
    assert "@import" not in text and "fetch(" not in text and "innerHTML" not in text and "eval(" not in text
    for tag, name, value in elements(page).attributes():
        if name in ("src", "href"):
            assert value.startswith(("#", "data:image/png;base64,")), (tag, name, value[:60])


def test_sections_with_content_are_there(page: Path) -> None:
    found = elements(page)
    ids = {given["id"] for _, given in found.found if "id" in given}
    assert {"found", "map", "selection", "clusters", "comparison", "tree", "health", "making"} <= ids
    assert [tag for tag, _ in found.found if tag == "main"] == ["main"]
    assert [tag for tag, _ in found.found if tag == "h1"] == ["h1"]
    tables = sum(tag == "table" for tag, _ in found.found)
    assert tables == sum(tag == "caption" for tag, _ in found.found)


def test_any_clusterer_gives_a_page(tmp_path: Path) -> None:
    X = np.random.RandomState(0).normal(size=(150, 3))
    X[:50] += 6
    found = elements(foreign_page(tmp_path / "page.html", X, 2))
    data = found.data()
    assert (data["count"], data["total"], data["kind"]) == (150, 150, "table")
    assert [one["method"] for one in data["maps"]] == ["tsne", "pca"]
    assert not any(given.get("class") == "curve" for _, given in found.found)  # there was no training


def test_the_rows_on_the_page_are_those_of_the_table(page: Path) -> None:
    frame, data = customers(), elements(page).data()
    columns = {column["name"]: column for column in data["columns"]}
    assert set(columns) == set(frame.columns)
    for name in ("income (EUR)", "visits"):
        column = columns[name]
        counts = numbers(column).astype(float)
        counts[counts == 256 ** column["bytes"] - 1] = np.nan
        np.testing.assert_array_equal((column["offset"] + counts) / 10.0 ** column["decimals"], frame[name])
        assert column["exact"]
    score = (columns["score"]["offset"] + numbers(columns["score"]).astype(float)) / 10.0 ** columns["score"][
        "decimals"
    ]
    np.testing.assert_allclose(score, frame["score"], atol=2e-3)
    city = np.asarray(columns["city"]["levels"], dtype=object)[numbers(columns["city"])]
    assert city.tolist() == frame["city"].tolist()
    days = columns["since"]["offset"] + numbers(columns["since"]).astype(int)
    assert days.tolist() == ((frame["since"] - pd.Timestamp("1970-01-01")) // pd.Timedelta("1D")).tolist()


@pytest.mark.parametrize("n_columns", [8, pytest.param(200, marks=pytest.mark.slow)])
def test_ten_thousand_rows_take_less_than_a_megabyte(tmp_path: Path, n_columns: int, monkeypatch: Any) -> None:
    import deepkmeans.report.map_coordinates as module

    monkeypatch.setattr(module, "_FEWEST_TSNE", 10**6)
    real = module.report_maps
    monkeypatch.setattr(
        "deepkmeans.report.writing.report_maps", lambda *given: real(*given) * 2
    )  # as large as with t-SNE
    X = np.random.RandomState(0).normal(size=(10_000, n_columns))
    path = foreign_page(tmp_path / "page.html", X, 20)
    assert path.stat().st_size < 1_000_000
    data = elements(path).data()
    assert (len(data["columns"]) + data["without_room"], len(data["maps"])) == (n_columns, 2)
    assert len(data["columns"]) >= 8


def test_many_rows_are_sampled_and_the_page_says_so(tmp_path: Path) -> None:
    X = np.random.RandomState(0).normal(size=(3000, 2))
    path = foreign_page(tmp_path / "page.html", X, 4, max_points=150)
    data = elements(path).data()
    rows = numbers(data["rows"])
    assert (data["count"], data["total"]) == (150, 3000)
    assert len(rows) == 150 and (np.diff(rows.astype(int)) > 0).all()
    assert "150 of 3,000 rows are shown" in path.read_text("utf-8")


def test_texts_are_shown_and_cut(tmp_path: Path) -> None:
    data = elements(text_page(tmp_path / "page.html")).data()
    assert data["kind"] == "texts" and len(data["texts"]) == 200
    assert all("orbit" in text or "goal" in text or len(text) > 20 for text in data["texts"])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_languages_have_all_words(lang: str, page: Path) -> None:
    template = Path(__file__).parents[3] / "src/deepkmeans/report"
    used = set(re.findall(r"""words\("(\w+)\"""", (template / "page.html.j2").read_text("utf-8")))
    script = set(re.findall(r"""(?:[^.]words\.|say\(")(\w+)""", _script()))
    words = Sentences.of(lang).words
    assert used - set(words) == set() and len(used) > 60
    assert script - set(words["script"]) == set() and len(script) > 20
    english = Sentences.of("en").words
    for key, value in english.items():
        names = sorted(re.findall(r"\{(\w+)", str(value)))
        assert sorted(re.findall(r"\{(\w+)", str(words[key]))) == names, key


def test_corrections_are_sentences() -> None:
    sentences = Sentences.of("en")
    records = [
        {"correction": "merge", "clusters": [1, 3], "sizes": [2.0, 4.0], "into": 1},
        {"correction": "rename", "cluster": 2, "name": "<b>Loyal</b>", "before": None},
        {"correction": "rename", "cluster": 2, "name": None, "before": "Loyal"},
        {"correction": "split", "cluster": 0, "into": [0, 4], "sizes": [1.0, 1.0], "reason": "asked for"},
    ]
    assert [sentences.correction(record) for record in records] == [
        "The clusters 1, 3 were merged into cluster 1.", "Cluster 2 was named “<b>Loyal</b>”.",
        "Cluster 2 lost its name.", "Cluster 0 was split into the clusters 0, 4.",
    ]  # fmt: skip


def test_the_page_is_in_the_language(tmp_path: Path) -> None:
    text = table_page(tmp_path / "page.html", lang="zh").read_text("utf-8")
    assert '<html lang="zh">' in text and "每个聚类是什么" in text and "What each cluster is" not in text


def test_the_same_page_twice(tmp_path: Path) -> None:
    X = np.random.RandomState(0).normal(size=(200, 3))
    first, second = (foreign_page(tmp_path / f"{name}.html", X, 3, random_state=7).read_bytes() for name in "ab")
    assert first == second


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"lang": "fr"}, "'lang'"),
        ({"title": 3}, "'title'"),
        ({"max_points": 5}, "'max_points'"),
        ({"namer": "x"}, "'namer'"),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_written(
    tmp_path: Path, options: dict[str, Any], words: str
) -> None:
    model = KMeans(2, n_init=1).fit(np.eye(6))
    with pytest.raises(InvalidParameterError, match=words):
        write_report(model, np.eye(6), tmp_path / "page.html", **options)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="does not exist"):
        foreign_page(tmp_path / "no" / "page.html", np.random.RandomState(0).normal(size=(20, 2)), 2)


def test_the_page_says_what_an_explanation_says(tmp_path: Path) -> None:
    """By ``explain`` itself: its sentences, names, rules and typical rows are on the page."""
    random = np.random.RandomState(0)
    kind = np.arange(200) % 2
    frame = pd.DataFrame({"income (EUR)": np.where(kind, 90_000, 30_000) + random.normal(0, 3000, 200).round(),
                          "age": np.where(kind, 60, 25) + random.normal(0, 3, 200).round()})  # fmt: skip
    model = make_pipeline(StandardScaler(), KMeans(2, n_init=1, random_state=0)).fit(frame)
    explanation = explain(model, frame)
    path = write_report(model, frame, tmp_path / "page.html")
    text = html.unescape(path.read_text("utf-8"))
    for sentence in explanation.summary:
        assert sentence in text
    for cluster in explanation.clusters:
        assert cluster.title in text and (cluster.rule is None or cluster.rule in text)
        assert all(one.text in text for one in cluster.profile.headline)
    assert all(note.text in text for note in explanation.health)
    named = write_report(model, frame, tmp_path / "named.html", namer=lambda profile: f"Group <{profile.number}>")
    assert "Group &lt;1&gt;" in named.read_text("utf-8")
