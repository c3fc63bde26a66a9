"""What is said of clusters of pictures, recordings, series and several inputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.cluster import KMeans as SklearnKMeans

from deepkmeans.exceptions import InvalidDataError
from deepkmeans.inspection import Explanation, explain, explain_rows
from deepkmeans.inspection.input_shares import InputShares
from deepkmeans.inspection.network_shares import network_shares
from deepkmeans.inspection.spaces import Clusterer
from deepkmeans.runtime import Seeds

from . import media_models as models

pytestmark = pytest.mark.filterwarnings("ignore")


def same(one: Explanation, other: Explanation) -> bool:
    return str(one) == str(other) and one.to_dict() == other.to_dict()


def test_pictures_are_told_by_what_one_sees_and_by_their_files(tmp_path: Path) -> None:
    folder = models.picture_folder(tmp_path / "photos")
    model = models.of_pictures(folder)
    explanation = explain(model, folder)
    assert explanation.rows.kind == "pictures"
    assert len(explanation.rows) == 25
    assert explanation.summary[0].startswith("The 24 pictures form 2 clusters")
    assert sum(cluster.size for cluster in explanation.clusters) == 24  # the broken file counts in none
    assert explanation.rows.names is not None
    broken = explanation.rows.names.index("broken.png")
    shown = [row for cluster in explanation.clusters for row in cluster.exemplars.exemplars]
    assert broken not in shown
    assert "Typical files: " in str(explanation)
    assert "pixel" not in str(explanation)
    record = explanation.to_dict()["clusters"][0]
    assert record["files"]["exemplars"] == [explanation.rows.names[row] for row in record["exemplars"]["exemplars"]]
    assert explanation.saliency is not None
    assert explanation.saliency.values.shape[1:] == (16, 16)
    assert np.abs(explanation.saliency.values).max(axis=(1, 2)) == pytest.approx(1.0)
    assert explanation.saliency.of(broken) is None
    assert same(explanation, explain(model, folder))


def test_saliency_lies_where_the_pictures_differ() -> None:
    random = np.random.RandomState(0)
    pictures = random.rand(60, 16, 16)
    pictures[::2, :8, :8] += 3.0
    pictures[1::2, 8:, 8:] += 3.0
    model = models.DeepKMeans(2, pretrain_epochs=3, max_epochs=3, random_state=0, objective="dcn").fit(pictures)
    saliency = explain(model, pictures).saliency
    assert saliency is not None
    for row, values in zip(saliency.index.tolist(), saliency.values, strict=True):
        differ = np.abs(values[:8, :8]).mean() + np.abs(values[8:, 8:]).mean()
        alike = np.abs(values[:8, 8:]).mean() + np.abs(values[8:, :8]).mean()
        assert differ > 2 * alike, row


def test_recordings_are_told_by_what_one_hears(tmp_path: Path) -> None:
    folder = models.recording_folder(tmp_path / "sounds")
    model = models.of_recordings(folder)
    explanation = explain(model, folder)
    assert explanation.rows.kind == "recordings"
    assert explanation.summary[0].startswith("The 20 recordings form")
    assert "middle frequency" in explanation.columns
    assert explanation.rows.names is not None
    assert explanation.rows.names[:2] == ("high-01.wav", "high-03.wav")
    assert explanation.saliency is not None
    assert explanation.saliency.values.shape[1:] == (40, 48)
    # High pitch lies above, in pictures as in what is said of them.
    high = explanation.rows.names.index("high-01.wav")
    assert explanation.rows.pictures is not None
    power = 10 ** (explanation.rows.pictures[high] / 10)
    assert power[:20].sum() > 2 * power[20:].sum()
    said = explain_rows(model, folder, index=[high])
    clusterer, index = Clusterer(model), np.array([high])
    shares = network_shares(clusterer, folder, explanation.labels, explanation.rows, index, None, Seeds(0))
    assert shares is not None
    assert said.picture(high) == pytest.approx(shares.values.reshape(40, 48)[::-1])  # the network has low bands first
    assert " pitch " in said.text(high)
    assert said.columns[:2] == ("3787 Hz at 1%", "3787 Hz at 3%") and said.columns[-1] == "33 Hz at 99%"
    paths = sorted(folder.glob("*.wav"))
    assert explain(model, [str(path) for path in paths]).rows.names == explanation.rows.names


def test_series_are_told_by_level_trend_and_cycles() -> None:
    X = models.waves()
    explanation = explain(models.of_series(X), X)
    assert explanation.rows.kind == "series"
    assert [column.name for column in explanation.rows.columns] == ["level", "trend", "variation", "cycles"]
    assert explanation.rows.column("cycles").values.tolist() == [2.0, 6.0] * 12
    assert explanation.summary[0].startswith("The 24 series form")
    assert explanation.saliency is not None
    assert explanation.saliency.values.shape[1:] == (40,)
    assert "time 3" not in str(explanation)


def test_an_array_of_series_of_several_channels_is_what_their_list_is() -> None:
    X = np.stack([models.waves(), models.waves()[:, ::-1]], axis=2)
    model = models.of_series(X)
    told, of_list = explain(model, X, random_state=0), explain(model, [*X], random_state=0)
    assert str(told) == str(of_list)
    assert "24" in str(told)
    np.testing.assert_array_equal(explain_rows(model, X, 3).values, explain_rows(model, [*X], 3).values)


def test_a_sentence_on_a_row_of_series_names_spans_of_time() -> None:
    X = models.waves()
    contributions = explain_rows(models.of_series(X), X, index=[0])
    assert contributions.columns[:2] == ("time 0", "time 1")
    assert contributions.values.shape == (1, 40)
    said = contributions.text(0)
    assert "because of its times " in said
    assert contributions.completeness[0] < 0.05


@pytest.fixture(scope="module")
def several() -> tuple[Any, Any]:
    X = models.several()
    return models.of_several(X), X


def test_shares_of_inputs_add_up(several: tuple[Any, Any]) -> None:
    model, X = several
    explanation = explain(model, X)
    inputs = explanation.inputs
    assert isinstance(inputs, InputShares)
    assert inputs.names == ("facts", "photo", "title")
    assert inputs.shares.sum(axis=1) == pytest.approx(np.ones(40))
    assert inputs.shares[2].tolist() == [0.0, 1.0, 0.0]  # it has a photo alone
    assert inputs.missing() == {"facts": 2, "photo": 0, "title": 2}
    # The margin of a row in the embedding is the sum of what its inputs add.
    squared = model.transform(X).astype(np.float64) ** 2
    margin = np.abs(squared[:, 0] - squared[:, 1])
    assert np.nansum(inputs.margins, axis=1) == pytest.approx(margin, rel=1e-3, abs=1e-3)
    assert sum(inputs.mean().values()) == pytest.approx(1.0)
    assert (inputs.alone[2] == [-1, inputs.labels[2], -1]).all()


def test_several_inputs_are_told_in_words(several: tuple[Any, Any]) -> None:
    model, X = several
    explanation = explain(model, X)
    assert explanation.rows.kind == "inputs"
    names = {column.name for column in explanation.rows.columns}
    assert {"price", "weight", "title", "photo brightness"} <= names
    text = str(explanation)
    assert "The cluster of a row is decided by " in text
    assert "Decided by: " in text
    assert "The cluster of a row is decided by " in explanation._repr_html_()
    assert explanation.to_dict()["inputs"]["missing"] == {"facts": 2, "photo": 0, "title": 2}
    assert explanation.to_dict()["clusters"][0]["inputs"].keys() == {"facts", "photo", "title"}
    assert explanation.inputs is not None
    assert explanation.inputs.text(2).endswith("by its photo (100%); it has no facts and title.")
    assert any(word.word in ("apple", "red") for cluster in explanation.clusters for word in cluster.profile.words)


def test_an_input_can_be_left_out_and_one_alone_is_no_mapping(several: tuple[Any, Any]) -> None:
    model, X = several
    explanation = explain(model, {"photo": X["photo"]})
    assert explanation.inputs is not None
    assert explanation.inputs.names == ("photo",)
    assert explanation.inputs.shares.tolist() == [[1.0]] * 40
    with pytest.raises(InvalidDataError, match="fitted on the inputs 'facts', 'photo', 'title'"):
        explain(model, X["photo"])
    with pytest.raises(InvalidDataError, match="one input without a name"):
        explain(SklearnKMeans(2, n_init=1, random_state=0).fit(X["photo"].reshape(40, -1)), X)


def test_contributions_of_single_columns_are_for_one_input(several: tuple[Any, Any]) -> None:
    model, X = several
    with pytest.raises(InvalidDataError, match="explain\\(model, X\\).inputs"):
        explain_rows(model, X, index=[0])


def test_shares_worked_out_by_hand() -> None:
    nan = float("nan")
    inputs = InputShares(
        ("a", "b"), np.array([[0.75, 0.25], [1.0, 0.0], [nan, nan]]), np.array([[3.0, 1.0], [2.0, -1.0], [nan, nan]]),
        np.array([[0, 0], [1, 0], [-1, -1]]), np.array([0, 1, 0]), {"a": 0.6, "b": 0.4}, {"a": 0.5, "b": 0.5},
    )  # fmt: skip
    assert inputs.mean() == {"a": 0.875, "b": 0.125}
    assert inputs.same() == {"a": 1.0, "b": 0.5}
    assert inputs.missing() == {"a": 1, "b": 1}
    assert inputs.text(0) == "Row 0 is in cluster 0 by its a (75%) and b (25%)."
    assert inputs.text(1) == "Row 1 is in cluster 1 by its a (100%); b alone would put it in cluster 0."
    assert inputs.text(2) == "Row 2 has none of the inputs, and is taken for the mean row."
    assert inputs.cluster_text(np.array([True, False, False])) == "a 75%, b 25%"
    said = "The cluster of a row is decided by a (88%) and b (12%) on average; "
    assert inputs.summary() == said + "a alone would give 100% of the rows the same cluster and b 50%."


