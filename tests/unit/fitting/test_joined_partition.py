"""``partition=`` with several inputs: the candidate of that name is what the networks learn."""

import numpy as np
import pytest

from deepkmeans import DeepKMeans
from deepkmeans.cli import main
from deepkmeans.exceptions import InvalidParameterError
from deepkmeans.fitting import joined_labelling
from deepkmeans.metrics import adjusted_rand_score

KIND, OTHER = np.arange(90) % 3, np.arange(90) // 30


@pytest.fixture(scope="module")
def views():
    """Two inputs that tell unlike partitions."""
    random = np.random.RandomState(0)
    return {"a": 4 * np.eye(3)[KIND] + 0.3 * random.randn(90, 3), "b": 9 * np.eye(3)[OTHER] + random.randn(90, 3)}


def fitted(views, partition, k=3):
    return DeepKMeans(k, partition=partition, max_epochs=20, random_state=0).fit(views)


@pytest.mark.parametrize(("partition", "kind"), [("a/k-means", KIND), ("b/k-means", OTHER)])
def test_the_partition_of_one_input_is_taken(views, partition, kind):
    model = fitted(views, partition)
    assert model.report_["chosen"] == partition and model.report_["reason"] == f"asked for by partition={partition!r}"
    assert adjusted_rand_score(kind, model.labels_) == 1
    assert model.alternatives_ == []


@pytest.mark.parametrize("partition", ["k-means", "spectral", "ward/0"])
def test_any_candidate_is_taken(views, partition):
    assert fitted(views, partition).report_["chosen"] == partition


def test_a_name_of_no_candidate_is_refused(views):
    with pytest.raises(InvalidParameterError, match=r"'c/k-means' is no candidate of these rows \(did you mean '"):
        fitted(views, "c/k-means")
    few = {name: rows[::5] for name, rows in views.items()}
    for X, k, why in [(views, 1, "one cluster needs no graph"), (few, 3, "18 rows are too few for a graph")]:
        with pytest.raises(InvalidParameterError, match=f"'a/k-means' is no candidate .*{why}.*'auto' or 'k-means'"):
            fitted(X, "a/k-means", k)
        assert fitted(X, "k-means", k).report_["chosen"] == "k-means"


def test_candidates_are_those_of_an_automatic_fit_whatever_is_asked_for(views, monkeypatch):
    """All but K-Means of the rows depend on what networks learn of pictures; it alone needs none."""
    learnt = []
    monkeypatch.setattr(joined_labelling, "with_learnt_pictures", lambda *given: learnt.append(1) or given[-1])
    for partition, n_learnt in [("auto", 1), ("modularity/0", 2), ("k-means", 2)]:
        fitted(views, partition)
        assert len(learnt) == n_learnt


def test_the_command_takes_it_too(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = np.array(["red apple fruit", "fast car road", "loud song tune"])
    prices = 10 * OTHER + np.arange(90) % 7 / 7
    lines = [f"{words[k]},{price:.3f}" for k, price in zip(KIND, prices, strict=True)]
    (tmp_path / "table.csv").write_text("\n".join(["title,price", *lines]))
    fit = ["fit", "table.csv", "-k", "3", "--text", "title", "--max-epochs", "2", "--device", "cpu", "--no-progress"]
    assert main([*fit, "--partition", "facts/k-means", "--out", "run"]) == 0
    assert "partition: facts/k-means, asked for by --partition" in capsys.readouterr().err
    assert main([*fit, "--partition", "price/k-means", "--out", "other"]) == 2
    assert "'price/k-means' is no candidate of these rows" in capsys.readouterr().err
