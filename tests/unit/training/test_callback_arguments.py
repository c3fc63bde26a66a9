"""What callbacks are given: refused in words, at once, and before anything is lost."""

import numpy as np
import pytest

from deepkmeans import Autoencoder, DeepKMeans
from deepkmeans.exceptions import InvalidParameterError, OutputError
from deepkmeans.training import Callback, Checkpoint, EarlyStopping

X = np.random.RandomState(0).randn(60, 4)
QUICK = {"objective": "dcn", "pretrain_epochs": 2, "max_epochs": 2, "random_state": 0}


@pytest.mark.parametrize(
    "callbacks", [5, "x", Callback, Callback(), [5], [None], [lambda s: True], [Callback], {"a": 1}], ids=range(9)
)
def test_callbacks_that_are_no_list_of_callbacks_are_refused(callbacks):
    for model in (DeepKMeans(2, callbacks=callbacks, **QUICK), Autoencoder(2, max_epochs=1, callbacks=callbacks)):
        with pytest.raises(InvalidParameterError, match="'callbacks' parameter of .* must be None or a list of"):
            model.fit(X)
        assert not hasattr(model, "history_")


def test_a_tuple_of_callbacks_is_a_list_of_them():
    assert DeepKMeans(2, callbacks=(Callback(),), **QUICK).fit(X).n_iter_ >= 1


@pytest.mark.parametrize(
    "options",
    [
        {"patience": "a"}, {"patience": -1}, {"patience": 0}, {"patience": 1.5}, {"min_improvement": "x"},
        {"min_improvement": float("nan")}, {"min_improvement": -1}, {"min_improvement": 1}, {"monitor": 5},
    ],
    ids=str,
)  # fmt: skip
def test_early_stopping_refuses_what_it_cannot_count_with(options):
    with pytest.raises(InvalidParameterError, match=f"{next(iter(options))!r} parameter of EarlyStopping must be"):
        EarlyStopping(**options)


@pytest.mark.parametrize("options", [QUICK, {"n_init": 1}], ids=["pretrained", "autoencoder"])
def test_a_monitor_that_no_record_has_is_refused_after_the_first_epoch(options):
    watch = [EarlyStopping("lss")]
    model = DeepKMeans(2, callbacks=watch, **QUICK) if options is QUICK else Autoencoder(2, callbacks=watch)
    with pytest.raises(InvalidParameterError, match=r"'monitor' .* epoch, loss, .*Got 'lss' .*did you mean 'loss'"):
        model.fit(X)
    assert not hasattr(model, "history_")


def test_a_monitor_of_the_last_phase_may_lack_in_the_one_before():
    model = DeepKMeans(2, callbacks=[EarlyStopping("changed")], **QUICK).fit(X)
    assert {record["phase"] for record in model.history_} == {"pretrain", "cluster"}


@pytest.mark.parametrize(
    "options", [{"every": 0}, {"every": "a"}, {"keep": "a"}, {"keep": -1}, {"keep": 0}, {"resume": "yes"}], ids=str
)
def test_checkpoint_refuses_what_would_lose_the_checkpoints(tmp_path, options):
    with pytest.raises(InvalidParameterError, match=f"{next(iter(options))!r} parameter of Checkpoint must be"):
        Checkpoint(tmp_path, **options)


@pytest.mark.parametrize("folder", [None, 5, "", "a\0b", "\ud800", ["a"]], ids=ascii)
def test_a_checkpoint_folder_that_is_no_path_is_refused(folder):
    with pytest.raises(InvalidParameterError, match="'folder' parameter of Checkpoint must be a path"):
        Checkpoint(folder)


def test_a_checkpoint_folder_that_cannot_be_made_is_an_output_error_before_training(tmp_path):
    (tmp_path / "file").write_text("kept")
    for folder in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / ("x" * 300)):
        model = DeepKMeans(2, callbacks=[Checkpoint(folder)], **QUICK)
        with pytest.raises(OutputError, match="cannot write .*; choose"):
            model.fit(X)
        assert not hasattr(model, "history_")
    assert (tmp_path / "file").read_text() == "kept"
