"""The optimizer is torch's in every number, and leaves torch's compiler where it is."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import nn

from deepkmeans.training.optimizer import AdamW
from tests.subprocesses import PATIENCE, environment


def test_the_first_step_by_hand() -> None:
    # Adam's first step is the rate in the direction of the gradient's sign; before it, decay takes rate x 0.1 off.
    weight = nn.Parameter(torch.tensor([2.0, -1.0]))
    optimizer = AdamW([weight], lr=0.01, weight_decay=0.1)
    (weight * torch.tensor([3.0, -5.0])).sum().backward()
    optimizer.step()
    torch.testing.assert_close(weight.detach(), torch.tensor([2 * 0.999 - 0.01, -1 * 0.999 + 0.01]))
    optimizer.zero_grad(set_to_none=True)
    assert weight.grad is None


@pytest.mark.parametrize("fused", [False, True])
def test_steps_and_states_are_those_of_torch(fused: bool) -> None:
    found = []
    for make in (AdamW, torch.optim.AdamW):
        torch.manual_seed(0)
        network = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
        x = torch.randn(16, 4)
        optimizer = make(network.parameters(), lr=1e-2, weight_decay=1e-3, fused=fused)
        for step in range(6):
            if step == 3:  # a state that goes into a new optimizer continues
                state = optimizer.state_dict()
                optimizer = make(network.parameters(), lr=1.0, fused=fused)
                optimizer.load_state_dict(state)
            optimizer.zero_grad()
            network(x).square().sum().backward()
            optimizer.step()
        found.append((network.state_dict(), optimizer.state_dict()))
    (own, own_state), (other, other_state) = found
    for name in own:
        torch.testing.assert_close(own[name], other[name], rtol=0, atol=0)
    assert own_state["param_groups"] == other_state["param_groups"]
    for slots, expected in zip(own_state["state"].values(), other_state["state"].values(), strict=True):
        for name in slots:
            torch.testing.assert_close(slots[name], expected[name], rtol=0, atol=0)


def test_a_fit_that_trains_does_not_import_the_compiler() -> None:
    program = (
        "import sys, numpy as np\n"
        "from deepkmeans import DeepKMeans\n"
        "X = np.random.RandomState(0).randn(60, 4)\n"
        "model = DeepKMeans(3, objective='dec', pretrain_epochs=1, max_epochs=1, random_state=0).fit(X)\n"
        "assert model.history_\n"
        "print('torch._dynamo' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(), capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == "False"
