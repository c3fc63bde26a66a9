"""An explanation in a notebook: what its text says, escaped."""

import html
import re

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans

from deepkmeans.inspection import explain
from deepkmeans.inspection.explanation_html import explanation_html

ATTACK = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def explanation():
    kind = np.repeat([0, 1], 30)
    frame = pd.DataFrame({ATTACK: kind * 10.0 + np.tile([0, 1, 2], 20), "b": np.tile([1.0, 2.0], 30)})
    return explain(KMeans(2, n_init=1, random_state=0).fit(frame), frame)


def test_sentences_and_clusters_are_those_of_the_explanation(explanation):
    page = explanation_html(explanation)
    for sentence in explanation.summary:
        assert html.escape(sentence) in page
    rows = re.findall("<tr.*?</tr>", page)[1:]
    assert len(rows) == len(explanation.clusters)
    for row, cluster in zip(rows, explanation.clusters, strict=True):
        assert html.escape(cluster.profile.distinctions[0].text) in row and f"{cluster.size:.0f} rows" in row
    assert explanation._repr_html_() == page


def test_names_of_columns_add_no_element(explanation):
    page = explanation_html(explanation)
    assert html.escape(ATTACK) in page
    assert set(re.findall(r"<(\w+)", page)) <= {"div", "p", "table", "thead", "tbody", "tr", "th", "td", "ul", "li"}
