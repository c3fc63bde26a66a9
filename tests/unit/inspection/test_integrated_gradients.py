"""Mean gradients along paths: by hand, where they jump, and of paths that belong to one row."""

import torch

from deepkmeans.inspection.integrated_gradients import mean_gradients


def _double(*rows):
    return torch.tensor(rows, dtype=torch.float64)


def test_a_product_by_hand():
    """F = x y from (0, 0) to (2, 3): the gradient (y, x) has the means (1.5, 1), and the shares are 3 and 3 of 6."""
    start, stop = _double([0.0, 0.0]), _double([2.0, 3.0])
    slopes = mean_gradients(lambda x, _: x[:, 0] * x[:, 1], start, stop, _double(1e-9))
    torch.testing.assert_close(slopes, _double([1.5, 1.0]))


def test_a_kink_is_looked_for():
    """F = relu(x - 1/3) from 0 to 1 rises by 2/3; halves of a step around the kink alone would not be enough."""
    start, stop = _double([0.0]), _double([1.0])
    rough, fine = (
        float(mean_gradients(lambda x, _: torch.relu(x[:, 0] - 1 / 3), start, stop, _double(t)))
        for t in (1.0, 1e-6)
    )
    assert abs(fine - 2 / 3) < 1e-6 < abs(rough - 2 / 3)


def test_a_fixed_number_of_steps_is_the_midpoint_rule():
    """F = x^2 from 0 to 1 with one step: 2 x in the middle is 1; the function is called once a step."""
    calls = []

    def square(x, which):
        calls.append(len(x))
        return x[:, 0] ** 2

    slopes = mean_gradients(square, _double([0.0]), _double([1.0]), _double(1.0), n_steps=5)
    torch.testing.assert_close(slopes, _double([1.0]))
    assert calls == [5]


def test_each_path_has_the_function_of_its_number():
    normals = _double([1.0, 2.0], [5.0, -1.0])
    start, stop = torch.zeros(2, 2, dtype=torch.float64), torch.ones(2, 2, dtype=torch.float64)
    slopes = mean_gradients(lambda x, which: (x * normals[which]).sum(1), start, stop, _double(1e-9, 1e-9))
    torch.testing.assert_close(slopes, normals)
