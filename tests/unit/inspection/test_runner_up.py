"""Which cluster a row is in and which would be next, also where labels are not the numbers of the centres."""

import numpy as np
import pytest

from deepkmeans.exceptions import InvalidDataError
from deepkmeans.inspection.runner_up import center_labels, sides_of

#: Rows at 0, 1, 5, 6, 10 and centres at 0, 4, 9.
SQUARED = np.square(np.array([0.0, 1, 5, 6, 10])[:, None] - np.array([0.0, 4, 9]))


def test_nearest_and_next_by_hand():
    labels = center_labels(SQUARED, np.array([0, 0, 1, 1, 2]))
    sides = sides_of(SQUARED, labels)
    assert sides.first.tolist() == [0, 0, 1, 1, 2] and sides.second.tolist() == [1, 1, 2, 2, 1]
    assert sides.margin.tolist() == [16, 8, 15, 5, 35]


def test_other_numbers_and_several_centres_of_one_cluster():
    labels = center_labels(SQUARED, np.array([7, 7, 3, 3, 3]))
    assert labels.tolist() == [7, 3, 3]
    sides = sides_of(SQUARED, labels)
    assert sides.first.tolist() == [7, 7, 3, 3, 3] and sides.second.tolist() == [3, 3, 7, 7, 7]
    assert sides.margin.tolist() == [16, 8, 24, 32, 99]


def test_noise_does_not_count_and_a_centre_without_rows_keeps_its_number_if_it_is_free():
    assert center_labels(SQUARED, np.array([0, -1, 1, 1, -1])).tolist() == [0, 1, 2]
    assert center_labels(SQUARED[:4], np.array([2, 2, 1, 1])).tolist() == [2, 1, -1]


def test_labels_that_the_nearest_centre_does_not_decide():
    assert center_labels(SQUARED, np.array([0, 1, 0, 1, 2])) is None


def test_a_single_cluster_has_no_other_side():
    with pytest.raises(InvalidDataError, match="single cluster"):
        sides_of(SQUARED, np.array([4, 4, 4]))
