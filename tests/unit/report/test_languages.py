"""The page in another language says what the English one says, and is for readers who know no Python."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans

from deepkmeans import DeepKMeans
from deepkmeans.inspection import Explanation, explain
from deepkmeans.inspection.health import HealthNote
from deepkmeans.report import write_report
from deepkmeans.report.health_in_language import note_in_language
from deepkmeans.report.sentences import Sentences
from deepkmeans.report.translation import in_language

ZH = Sentences.of("zh")
HAN = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def fitted() -> tuple[pd.DataFrame, Any, Explanation]:
    random, kind = np.random.RandomState(0), np.arange(240) % 3
    frame = pd.DataFrame({
        "key": [f"K{number:04d}" for number in range(240)],
        "income (EUR)": np.array([15_000.0, 50_000, 90_000])[kind] + random.normal(0, 1500, 240).round(),
        "city": np.array(["Bern", "Basel", "Chur"])[kind],
        "since": pd.to_datetime("2020-01-01") + pd.to_timedelta(500 * kind + random.randint(0, 90, 240), "D"),
    })  # fmt: skip
    frame.loc[::40, "income (EUR)"] = np.nan
    model = DeepKMeans(3, partition="k-means", random_state=0).fit(frame)
    return frame, model, explain(model, frame)


def test_sentences_names_rules_and_notes_are_in_the_language(fitted: Any) -> None:
    said = in_language(fitted[2], ZH)
    first, second, third = said.summary
    assert "240 行数据分为 3 个聚类" in first and all(f"“{each.name}”" in first for each in said.clusters)
    assert "income (EUR)" in second and "简单的规则能判定" in second
    assert third.startswith(("这些聚类很清晰", "这些聚类比较清晰", "请谨慎使用这些聚类"))
    assert len({each.name for each in said.clusters}) == 3
    for cluster in said.clusters:
        assert cluster.rule is not None and re.search("大于|不超过|之间|晚于|为|不是", cluster.rule)
        assert not re.search("above|at most|between|after| by | is ", cluster.rule)
    assert all(HAN.search(note.text) for note in said.health)
    assert len(said.health) == len(fitted[2].health)
    assert any("key（标识符）" in note.text for note in said.health)


def test_dates_and_shares_are_in_the_language() -> None:
    assert ZH.date("3 May 2024") == "2024年5月3日" and ZH.date("October 2015") == "2015年10月"
    assert Sentences.of("en").date("3 May 2024") == "3 May 2024"
    assert [ZH.share(value) for value in (0.5, 0.001, 0.999)] == ["50%", "不到 1%", "超过 99%"]


def test_names_that_a_person_gave_stay(fitted: Any) -> None:
    frame, model, _ = fitted
    said = in_language(explain(model, frame, namer=lambda profile: f"Group {profile.number}"), ZH)
    assert [cluster.name for cluster in said.clusters] == ["Group 0", "Group 1", "Group 2"]


def test_one_cluster_texts_and_pictures() -> None:
    X = np.random.RandomState(0).normal(size=(60, 2))
    said = in_language(explain(KMeans(1, random_state=0).fit(X), X), ZH)
    assert said.summary == (
        "60 行数据只有一个聚类。", "没有可与之比较的聚类。", "请指定更多的聚类以查看划分。"
    )  # fmt: skip
    assert [cluster.title for cluster in said.clusters] == ["聚类 0"]
    pictures = np.random.RandomState(0).rand(40, 8, 8)
    said = in_language(explain(KMeans(2, n_init=1, random_state=0).fit(pictures.reshape(40, 64)), pictures), ZH)
    assert said.summary[1] == "各聚类的典型图片显示出它们的差别。"


def test_every_note_has_its_words_in_every_language() -> None:
    """Of each key that health gives: a template, and advice where the note says what to do."""
    source = (Path(__file__).parents[3] / "src/deepkmeans/inspection/health.py").read_text("utf-8")
    known = set(ZH.words["health_notes"])
    for lang in ("en", "zh"):
        assert set(Sentences.of(lang).words["advice"]) <= known
    for key in known - {"and_more", "closest", "weakest", "column", "no_row_unsure", "rows_unsure", "sizes_many"}:
        assert f'"{key}"' in source, key
    for key in ("noise", "no_cluster", "rival", "disagreement", "k_unsure", "interrupted", "idle", "mostly_filled"):
        assert key in known
    foreign = HealthNote("names", "note", "namer failed")
    assert ZH.is_foreign(foreign) and note_in_language(foreign, {}, ZH) is foreign


def test_the_page_speaks_no_python(fitted: Any, tmp_path: Path) -> None:
    frame, model, explanation = fitted
    assert any(note.try_next and "InputSpec" in note.try_next for note in explanation.health)
    for lang in ("en", "zh"):
        path = write_report(model, frame, tmp_path / f"{lang}.html", lang=lang, explanation=explanation)
        text = path.read_text("utf-8").split('<script type="application/json"')[0].split("<details>")[0]
        assert not re.search(r"InputSpec|confidence\(X\)|n_clusters|alternatives_|embedding_dim|=None", text)
    assert "a new fit can be told what kind of column it is" in (tmp_path / "en.html").read_text("utf-8")
    zh = (tmp_path / "zh.html").read_text("utf-8").split('<script type="application/json"')[0]
    assert "typically" not in zh and "elsewhere" not in zh and "Cluster " not in zh
