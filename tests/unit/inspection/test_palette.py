"""Colours of clusters: all different, also for the colour-blind, as far as ten go."""

import itertools

import numpy as np
import pytest

from deepkmeans.inspection.palette import COLOURS, NOISE, cluster_colour, colours_of

#: What dichromats see (Machado, Oliveira and Fernandes 2009), on linear RGB.
SIMULATED = {
    "normal": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
}


def oklab(colours, seen):
    """Coordinates in which distances are differences to the eye (Ottosson 2020), times 100."""
    rgb = np.array([[int(each[i : i + 2], 16) / 255 for i in (1, 3, 5)] for each in colours])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(linear @ np.asarray(SIMULATED[seen]).T, 0, 1)
    cones = [[0.41222, 0.53633, 0.05145], [0.2119, 0.6807, 0.1074], [0.0883, 0.28172, 0.62998]]
    opponents = [[0.21045, 0.79362, -0.00407], [1.978, -2.42859, 0.45059], [0.0259, 0.78277, -0.80868]]
    return 100 * np.cbrt(linear @ np.transpose(cones)) @ np.transpose(opponents)


@pytest.mark.parametrize("seen", SIMULATED)
def test_ten_clusters_and_noise_are_told_apart(seen):
    places = oklab([*COLOURS, NOISE], seen)
    nearest = min(np.linalg.norm(one - other) for one, other in itertools.combinations(places, 2))
    assert nearest > 7  # of matplotlib's tab10 two are 0.7 apart for protanopes


def test_every_number_has_one_colour_whatever_else_is_there():
    assert colours_of(np.array([-1, 2, 5])) == [NOISE, cluster_colour(2), cluster_colour(5)]
    assert colours_of(np.array(["a", "b"])) == [cluster_colour(0), cluster_colour(1)]
    assert len({cluster_colour(number) for number in range(60)}) == 60
