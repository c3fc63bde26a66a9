"""Several inputs: means over those that a row has, by hand; what it lacks has no influence, whatever stands there."""

import copy

import pytest
import torch
from torch import nn

from deepkmeans.encoders import DenseAutoencoder, FusedEncoder, SingleInputEncoder, VariationalAutoencoder
from deepkmeans.exceptions import InvalidParameterError
from deepkmeans.objectives import OBJECTIVES, Reconstruction
from deepkmeans.objectives.selflabel import PseudoLabels
from deepkmeans.types import Batch, Epoch

NAN = float("nan")
ALL = {**OBJECTIVES, "reconstruction": Reconstruction, "pseudo-labels": PseudoLabels}


class Times(nn.Module):
    """Codes are multiples of the rows, decoded rows the codes themselves."""

    def __init__(self, factor, log_variance=0.0):
        super().__init__()
        self.factor = nn.Parameter(torch.tensor(float(factor)))
        self.log_variance = log_variance

    def encode(self, x):
        return self.factor * x

    def decode(self, z):
        return 1.0 * z

    def distribution(self, x):
        return self.encode(x), torch.full_like(x, self.log_variance)


def batch_of(a, b, has_a, has_b, **other):
    present = {"a": torch.tensor(has_a).bool(), "b": torch.tensor(has_b).bool()}
    inputs = {"a": torch.tensor(a)[:, None], "b": torch.tensor(b)[:, None]}
    return Batch(torch.arange(len(a)), inputs, present, **other)


def test_masked_means_by_hand():
    encoder = FusedEncoder({"a": Times(2), "b": Times(4, log_variance=-2.0)}, 1)
    batch = batch_of([1.0, 3.0, NAN], [5.0, NAN, 0.5], [1, 1, 0], [1, 0, 1])
    z = encoder.encode(batch.inputs, batch.present)
    assert z[:, 0].tolist() == [11.0, 6.0, 2.0]  # (2 + 20) / 2, 2 x 3 alone, 4 x 0.5 alone
    assert {name: rows[:, 0].tolist() for name, rows in encoder.decode(z).items()} == {
        "a": [11.0, 6.0, 2.0], "b": [11.0, 6.0, 2.0],
    }  # fmt: skip
    # ((11 - 1)^2 + (11 - 5)^2) / 2; (6 - 3)^2; (2 - 0.5)^2
    assert encoder.reconstruction_loss(z, batch).tolist() == [68.0, 9.0, 2.25]
    mean, log_variance = encoder.distribution(batch.inputs, batch.present)
    assert torch.equal(mean, z) and log_variance[:, 0].tolist() == [-1.0, 0.0, -2.0]
    output = Reconstruction()(encoder, batch_of([1.0, 3.0, NAN], [5.0, NAN, 0.5], [1, 1, 0], [1, 0, 1],
                                                weight=torch.tensor([1.0, 2.0, 0.0])))  # fmt: skip
    assert output.total.item() == pytest.approx((68 + 2 * 9) / 3)


def test_without_masks_every_input_counts():
    encoder = FusedEncoder({"a": Times(2), "b": Times(4)}, 1)
    masked = batch_of([1.0, 3.0], [5.0, 7.0], [1, 1], [1, 1])
    plain = Batch(masked.index, masked.inputs)
    z = encoder.encode(plain.inputs)
    assert z[:, 0].tolist() == [11.0, 17.0]
    assert torch.equal(z, encoder.encode(masked.inputs, masked.present))
    assert torch.equal(encoder.reconstruction_loss(z, plain), encoder.reconstruction_loss(z, masked))


def test_the_metric_maps_fused_codes_and_decoding_undoes_it():
    encoder = FusedEncoder({"a": Times(2), "b": Times(4)}, 1)
    batch = batch_of([1.0, 3.0], [5.0, NAN], [1, 1], [1, 0])
    raw = encoder.encode(batch.inputs, batch.present)
    before = encoder.reconstruction_loss(raw, batch)
    encoder.set_metric(torch.tensor([1.0]), torch.tensor([[0.5]]))
    z = encoder.encode(batch.inputs, batch.present)
    torch.testing.assert_close(z, (raw - 1) * 0.5)
    torch.testing.assert_close(encoder.reconstruction_loss(z, batch), before)


N, E, K = 24, 3, 4


def networks(seed=0, **options):
    torch.manual_seed(seed)
    kind = VariationalAutoencoder
    return {"a": kind(6, E, (8,), **options), "b": kind(4, E, (8,), **options)}


def samples(filled, seed=5):
    """Rows of both inputs, a third of each missing and filled with this."""
    generator = torch.Generator().manual_seed(seed)
    inputs = {"a": torch.randn(N, 6, generator=generator), "b": torch.randn(N, 4, generator=generator)}
    present = {"a": torch.arange(N) % 3 != 0, "b": torch.arange(N) % 3 != 1}
    return {name: torch.where(present[name][:, None], x, filled) for name, x in inputs.items()}, present


def ready(name, encoder, inputs, present=None):
    objective = ALL[name]()
    with torch.no_grad():
        z = encoder.encode(inputs, present)
        objective.setup(z[:K].clone(), len(z))
        objective.begin_epoch(Epoch(0, 5, z, None, torch.Generator().manual_seed(0)))
    return objective


def loss_and_gradients(name, encoder, inputs, present, objective=None):
    objective = objective or ready(name, encoder, inputs, present)
    objective.train(), encoder.train(), encoder.zero_grad()
    drawn = torch.Generator().manual_seed(9)
    output = objective(encoder, Batch(torch.arange(N), inputs, present, generator=drawn))
    output.total.backward()
    return output.total.detach(), [p.grad for p in encoder.parameters()]


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("name", sorted(ALL))
def test_what_stands_in_a_missing_input_has_no_influence(name, batch_norm):
    found = []
    for filled in (NAN, 0.0, 1e30):
        encoder = FusedEncoder(networks(batch_norm=batch_norm), E)
        inputs, present = samples(torch.tensor(filled))
        loss, gradients = loss_and_gradients(name, encoder, inputs, present)
        assert torch.isfinite(loss)
        found.append([loss, *[g for g in gradients if g is not None], *[b.clone() for b in encoder.buffers()]])
    for other in found[1:]:
        assert all(torch.equal(one, two) for one, two in zip(found[0], other, strict=True))
    assert all(torch.isfinite(each).all() for each in found[0])


@pytest.mark.parametrize("name", sorted(ALL))
def test_the_same_input_twice_is_that_input_once(name):
    network = networks()["a"]
    x = samples(torch.tensor(0.0))[0]["a"]
    single = SingleInputEncoder(network, E)
    double = FusedEncoder({"a": copy.deepcopy(network), "b": copy.deepcopy(network)}, E)
    objective = ready(name, single, {"x": x})
    if name in ("deepcluster", "reconstruction"):
        objective.noise = 0.0  # each input has a noise of its own
    one, own = loss_and_gradients(name, single, {"x": x}, None, objective)
    two, halves = loss_and_gradients(name, double, {"a": x, "b": x}, None, objective)
    torch.testing.assert_close(one, two)
    for whole, first, second in zip(own, halves[: len(own)], halves[len(own) :], strict=True):
        if whole is not None:  # both copies together have the gradient of the one
            torch.testing.assert_close(first + second, whole, rtol=1e-4, atol=1e-6)


def test_a_network_sees_only_rows_that_have_its_input():
    encoder = FusedEncoder({"a": DenseAutoencoder(6, E, (8,), batch_norm=True), "b": DenseAutoencoder(4, E, (8,))}, E)
    inputs, present = samples(torch.tensor(NAN))
    encoder.train()
    encoder.encode(inputs, present)
    alone = DenseAutoencoder(6, E, (8,), batch_norm=True)
    alone.load_state_dict(encoder.by_number[0].state_dict())
    for norm in alone.encoder_norms:
        norm.reset_running_stats()
    alone.train().encode(inputs["a"][present["a"]])
    torch.testing.assert_close(encoder.by_number[0].encoder_norms[0].running_mean, alone.encoder_norms[0].running_mean)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_rows_with_an_input_are_no_trouble(count):
    encoder = FusedEncoder(networks(batch_norm=True), E).train()
    inputs, _ = samples(torch.tensor(0.0))
    present = {"a": torch.ones(N, dtype=torch.bool), "b": torch.arange(N) < count}
    z = encoder.encode(inputs, present)
    error = encoder.reconstruction_loss(z, Batch(torch.arange(N), inputs, present))
    error.mean().backward()
    assert torch.isfinite(error).all() and error.shape == (N,)
    assert all(norm.training for norm in encoder.by_number[1].encoder_norms)
    gradient = encoder.by_number[1].encoder_layers[0].weight.grad
    assert (gradient is None) == (count == 0)


def test_names_of_inputs_are_checked():
    encoder = FusedEncoder({"a": Times(2), "b": Times(4)}, 1)
    with pytest.raises(InvalidParameterError, match="takes the inputs 'a', 'b'. Got 'a', 'c' instead"):
        encoder.encode({"a": torch.ones(2, 1), "c": torch.ones(2, 1)})
    with pytest.raises(InvalidParameterError, match="takes one input, 'x'. Got 'a', 'b' instead"):
        SingleInputEncoder(Times(2), 1).encode({"a": torch.ones(2, 1), "b": torch.ones(2, 1)})


def test_names_may_hold_any_character_and_what_the_networks_can_do_is_known():
    encoder = FusedEncoder({"a.b": Times(2), "keys": nn.Linear(1, 1)}, 1)
    assert not encoder.can_decode and encoder.multiplications is None
    assert FusedEncoder({"a": Times(2)}, 1).can_decode
    with pytest.raises(InvalidParameterError, match="a Linear, has no decode"):
        encoder.decode(torch.zeros(2, 1))


def test_networks_that_cannot_be_fused_are_refused():
    with pytest.raises(InvalidParameterError, match="There is no network; give one for each input"):
        FusedEncoder({}, 2)
    plain = FusedEncoder({"a": DenseAutoencoder(3, 2), "b": nn.Linear(3, 2)}, 2)
    with pytest.raises(InvalidParameterError, match="of input 'b' must be .* with encode.x.. Got Linear instead"):
        plain.encode({"a": torch.randn(5, 3), "b": torch.randn(5, 3)})
    with pytest.raises(InvalidParameterError, match="of input 'b' must be .* Got str instead"):
        FusedEncoder({"a": DenseAutoencoder(3, 2), "b": "dense"}, 2)
    unequal = FusedEncoder({"a": DenseAutoencoder(3, 2), "b": DenseAutoencoder(3, 4)}, 2)
    with pytest.raises(InvalidParameterError, match=r"input 'b' makes shape \(5, 4\) of 5 rows, where \(5, 2\)"):
        unequal.encode({"a": torch.randn(5, 3), "b": torch.randn(5, 3)})
    dense = FusedEncoder({"a": DenseAutoencoder(3, 2)}, 2)
    with pytest.raises(InvalidParameterError, match="a DenseAutoencoder, has no distribution method"):
        dense.distribution({"a": torch.randn(5, 3)})


def test_a_single_row_decodes_by_running_statistics():
    encoder = FusedEncoder({"a": DenseAutoencoder(3, 2, (4,), batch_norm=True)}, 2).train()
    z = torch.randn(1, 2)
    decoded = encoder.decode(z)["a"]
    assert all(norm.training for norm in encoder.modules() if isinstance(norm, nn.BatchNorm1d))
    torch.testing.assert_close(decoded, encoder.eval().decode(z)["a"])


def test_weights_of_the_mean_by_hand():
    encoder = FusedEncoder({"a": Times(2), "b": Times(4)}, 1, weighted=True)
    batch = batch_of([1.0, 3.0, NAN], [5.0, NAN, 0.5], [1, 1, 0], [1, 0, 1])
    assert encoder.encode(batch.inputs, batch.present)[:, 0].tolist() == [11.0, 6.0, 2.0]  # alike at first
    encoder.start_weights({"a": 3.0, "b": 1.0})
    z = encoder.encode(batch.inputs, batch.present)
    assert z[:, 0].tolist() == pytest.approx([(3 * 2 + 20) / 4, 6.0, 2.0])  # what is alone counts as it is
    z.sum().backward()
    assert encoder.log_weights.grad[0] == pytest.approx(-encoder.log_weights.grad[1].item())
    inputs = {"a": torch.tensor([[0.0], [2.0]]), "b": torch.tensor([[0.0], [1.0]])}
    every = {"a": torch.ones(2).bool(), "b": torch.ones(2).bool()}
    # 3 times the deviation of 0 and 4, once that of 0 and 4
    assert encoder.shares(inputs, every) == pytest.approx({"a": 0.75, "b": 0.25})


def test_in_training_rows_are_embedded_without_some_inputs_but_never_without_all():
    encoder = FusedEncoder({"a": Times(1), "b": Times(10)}, 1, dropout=0.5)
    inputs = {"a": torch.ones(400, 1), "b": torch.ones(400, 1)}
    present = {"a": torch.ones(400).bool(), "b": torch.arange(400) >= 100}
    before = torch.random.get_rng_state()
    z = encoder.train().encode(inputs, present)[:, 0]
    assert set(z[:100].tolist()) == {1.0} and set(z[100:].tolist()) == {1.0, 5.5, 10.0}
    assert set(encoder.eval().encode(inputs, present)[100:, 0].tolist()) == {5.5}
    assert torch.equal(torch.random.get_rng_state(), before)
    assert not torch.equal(encoder.train().encode(inputs, present)[:, 0], z)  # others in the next step
