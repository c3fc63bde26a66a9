"""Estimators in a notebook: scikit-learn's diagram, and what the fit found."""

from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.cluster import KMeans as Peer
from sklearn.pipeline import make_pipeline

from deepkmeans import Autoencoder, DeepKMeans, KMeans


class Seen(HTMLParser):
    """Texts and elements of a page."""

    def __init__(self, page):
        super().__init__()
        self.texts, self.elements, self.open = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        if tag not in ("img", "input", "br", "meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts += [data.strip()] if data.strip() else []


def below(model):
    """The texts of what stands below scikit-learn's diagram."""
    page = model._repr_html_()
    assert "sk-top-container" in page
    _, here, summary = page.rpartition('<div style="border-left')
    if not here:
        return []
    seen = Seen(here + summary)
    assert seen.open == []
    return seen.texts


@pytest.fixture(scope="module")
def rows():
    random = np.random.RandomState(0)
    return np.concatenate([random.randn(20, 3), random.randn(40, 3) + 9])


def test_an_unfitted_estimator_is_shown_as_scikit_learn_does():
    for model in (KMeans(2), DeepKMeans(2), Autoencoder(2)):
        assert below(model) == []


def test_a_fit_is_summed_up_below_the_diagram(rows):
    plain = KMeans(2, random_state=0).fit(rows)
    sizes = ", ".join(map(str, np.bincount(plain.labels_)))
    assert below(plain) == ["This KMeans found", "clusters", f"2, of {sizes} rows", "inertia", f"{plain.inertia_:.4g}"]
    deep = DeepKMeans("auto", random_state=0).fit(rows)
    said = dict(zip(below(deep)[1::2], below(deep)[2::2], strict=True))
    assert said["clusters"] == f"2, of {', '.join(map(str, deep.report_['cluster_sizes']))} rows"
    assert said["number of clusters"].startswith("2 chosen (") and "partition" in said
    network = Autoencoder(1, max_epochs=2, random_state=0).fit(rows)
    last = network.history_[-1]["held_out"]
    assert below(network)[1:] == ["training", f"2 epochs; last loss of held-out rows {last:.4g}"]


def test_warnings_of_the_fit_are_repeated(rows):
    holes = rows.copy()
    holes[:3, 0] = np.nan
    with pytest.warns(UserWarning, match="Missing values|max_epochs"):
        model = DeepKMeans(2, objective="dcn", pretrain_epochs=1, max_epochs=1, random_state=0).fit(holes)
    assert below(model)[-1] == "the fit ended before it converged; 3 missing cells were imputed"


def test_names_of_columns_and_clusters_are_texts(rows):
    attack = "<img src=x onerror=alert(1)>"
    model = KMeans(2, random_state=0).fit(pd.DataFrame(rows, columns=[attack, "b", "c"]))
    model.cluster_names_ = {0: attack}
    assert f"0: {attack}" in below(model)
    ours = model._repr_html_().rpartition('<div style="border-left')[2]
    assert attack not in ours and "img" not in Seen(ours.rpartition("</div>")[0]).elements


def test_the_setting_of_scikit_learn_turns_it_off_and_pipelines_show_it_not(rows):
    model = KMeans(2, random_state=0).fit(rows)
    with sklearn.config_context(display="text"):
        assert not hasattr(model, "_repr_html_")
    assert "This KMeans found" in model._repr_mimebundle_()["text/html"]
    assert "This KMeans found" not in make_pipeline(model)._repr_html_()
    assert below(Peer(2, n_init=1).fit(rows)) == []
