"""The autoencoder as a scikit-learn transformer."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import torch
from sklearn.utils.validation import check_is_fitted
from torch import Tensor, nn

from .._validation import Instance, Interval, OneOf, validate_estimator, validate_parameters
from ..data import SCALINGS, InputPipeline, Preparation, Rows
from ..data.sampling import ordered_batches
from ..encoders import ACTIVATIONS, OUTPUT_RANGES
from ..encoders.dense import HIDDEN_SIZES
from ..fitting import batch_size_for, embedding_dim_for, resolved_dim
from ..objectives import Reconstruction
from ..runtime import Seeds, plain_torch, resolve_precision
from ..training import EarlyStopping, Progress, Settings, train
from .bottleneck import intrinsic_dim
from .constraints import CALLBACKS, FROZEN_ENCODER, PREPROCESSORS
from .given_inputs import fitted_preprocessing
from .network import NetworkEstimator
from .new_encoder import check_batch_size, new_encoder

__all__ = ["Autoencoder"]


class Autoencoder(NetworkEstimator):
    """Encode rows into ``embedding_dim`` numbers from which they can be reconstructed.

    ``h = f(W1 x + b1)``, ``x^ = g(W2 h + b2)``, trained so that ``x^`` is close to ``x``; any depth.
    The estimator scales its input itself, into the range of the output activation where that is bounded,
    and undoes it in ``inverse_transform``.

    Parameters
    ----------
    embedding_dim : int, "auto" or "intrinsic", default="auto"
        Width of the embedding. ``"auto"``: 10, for fewer than 20 columns half of them. ``"intrinsic"``: the estimated
        intrinsic dimension of the rows.
    hidden_sizes : sequence of int, default=()
        Widths of the encoder's hidden layers; the decoder mirrors them. Empty: one layer each way with the
        activation on the embedding. With hidden layers the embedding is linear.
    activation : str, default="relu"
        Of hidden layers: "sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "gelu", "silu", "softplus", "linear".
    output_activation : str, default="linear"
        Of the reconstruction. A bounded one ("sigmoid", "tanh", "relu", "softplus") makes ``scaling="auto"`` map
        every column into its range.
    tied : bool, default=False
        Decoder weights are the transposed encoder weights.
    noise : float in [0, 1), default=0.0
        Share of the inputs that is set to 0 in each step of training (denoising autoencoder).
    loss : {"mse", "bce"}, default="mse"
        Squared error, or binary cross-entropy, which needs ``output_activation="sigmoid"``.
    scaling : {"auto", "standard", "robust", "shared", "pixels", "unit", "counts", "cosine", "none"}, default="auto"
        See :func:`deepkmeans.data.fit_scaling`.
    preprocessor : "auto", InputSpec or transformer, default="auto"
        How tables of any columns and texts become numbers, as of :class:`DeepKMeans`.
    missing : {"impute", "error"}, default="impute"
        NaN is replaced by the column's mean and flagged to the network by an input of its own.
    encoder : nn.Module, function (n_inputs, embedding_dim) -> nn.Module, or None, default=None
        A network of your own with ``encode`` and ``decode`` (or submodules ``encoder`` and ``decoder``, as a Keras
        model on its torch backend has); it is copied. The sizes and activations above are then unused. Or a pretrained
        encoder of texts, which makes the numbers that the network learns.
    max_epochs : int, default=200
    batch_size : int or "auto", default="auto"
        ``"auto"``: the power of two at or above n/48, from 16 to 256.
    learning_rate : float, default=2e-3
        Of AdamW.
    schedule : {"cosine", "plateau", "constant"}, default="cosine"
    validation_fraction : float in [0, 1), default=0.1
        Rows held out for early stopping; 0 trains on all rows to ``max_epochs``. Under 20 rows nothing is held out.
    patience : int, default=20
        Epochs without improvement on held-out rows before stopping; the best weights are kept.
    callbacks : list of deepkmeans.training.Callback or None, default=None
    device : "auto", "cpu", "cuda", ..., default="auto"
    precision : {"auto", "float32", "bfloat16"}, default="auto"
        Arithmetic of training; ``"auto"`` is bfloat16 for wide layers where there are matrix units for it (AMX, CUDA).
    random_state : int, RandomState or None, default=None
    verbose : int, default=0
        1 logs a line for each epoch.

    Attributes
    ----------
    encoder_ : nn.Module
        The trained network with ``encode`` and ``decode``.
    scaling_ : Scaling
    history_ : list of dict
        One record an epoch: loss, reconstruction, held_out, learning_rate, seconds.
    n_iter_ : int
        Epochs trained.
    preprocessor_ : Preprocessor, transformer or None
        What made the numbers of a table or texts; a transformer given as ``preprocessor`` as its fitted clone.
    report_ : dict
        Decisions taken: scaling, sizes, precision, imputed cells; of tables and texts ``input``.
    n_features_in_, feature_names_in_

    References
    ----------
    Hinton & Salakhutdinov, Science 2006; Vincent et al., JMLR 2010 (tied weights, denoising).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from deepkmeans import Autoencoder
    >>> X = load_iris().data
    >>> Z = Autoencoder(embedding_dim=2, max_epochs=5, random_state=0).fit_transform(X)
    >>> Z.shape
    (150, 2)
    """

    _constraints: ClassVar[dict[str, list[Any]]] = {
        "embedding_dim": [Interval(int, 1, None), OneOf("auto", "intrinsic")],
        "hidden_sizes": [HIDDEN_SIZES],
        "activation": [OneOf(*ACTIVATIONS)],
        "output_activation": [OneOf(*ACTIVATIONS)],
        "tied": [Instance((bool, np.bool_), "a bool")],
        "noise": [Interval(float, 0, 1, open_high=True)],
        "loss": [OneOf("mse", "bce")],
        "scaling": [OneOf(*SCALINGS)],
        "missing": [OneOf("impute", "error")],
        "encoder": [
            None,
            FROZEN_ENCODER,
            Instance(nn.Module, "a torch.nn.Module"),
            Instance(callable, "a function returning one"),
        ],
        "max_epochs": [Interval(int, 1, None)],
        "batch_size": [Interval(int, 1, None), OneOf("auto")],
        "learning_rate": [Interval(float, 0, None, open_low=True)],
        "schedule": [OneOf("cosine", "plateau", "constant")],
        "validation_fraction": [Interval(float, 0, 1, open_high=True)],
        "patience": [Interval(int, 1, None)],
        "callbacks": CALLBACKS,
        "precision": [OneOf("auto", "float32", "bfloat16")],
        "preprocessor": PREPROCESSORS,
        "verbose": [Interval(int, 0, None), Instance((bool, np.bool_), "a bool")],
    }

    _own_network = None

    def __init__(
        self, embedding_dim: int | str = "auto", *, hidden_sizes: Any = (), activation: str = "relu",
        output_activation: str = "linear", tied: bool = False, noise: float = 0.0, loss: str = "mse",
        scaling: str = "auto", preprocessor: Any = "auto", missing: str = "impute", encoder: Any = None,
        max_epochs: int = 200, batch_size: int | str = "auto", learning_rate: float = 2e-3, schedule: str = "cosine",
        validation_fraction: float = 0.1, patience: int = 20, callbacks: Any = None, device: Any = "auto",
        precision: str = "auto", random_state: Any = None, verbose: int = 0,
    ) -> None:  # fmt: skip
        self.embedding_dim = embedding_dim
        self.hidden_sizes = hidden_sizes
        self.activation = activation
        self.output_activation = output_activation
        self.tied = tied
        self.noise = noise
        self.loss = loss
        self.scaling = scaling
        self.preprocessor = preprocessor
        self.missing = missing
        self.encoder = encoder
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.callbacks = callbacks
        self.device = device
        self.precision = precision
        self.random_state = random_state
        self.verbose = verbose

    @plain_torch()
    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> Autoencoder:
        """Train the network on the rows of ``X``.

        Parameters
        ----------
        X : array, data frame, tensor or sparse matrix of shape (n_samples, n_features), or texts
            Tables of any columns, texts, and pictures, seen as flat rows, as ``DeepKMeans.fit`` takes them.
        y : ignored
        sample_weight : array of shape (n_samples,) or None
            Weights of the rows in the loss and in the scaling; 0 counts as the absence of a row.

        Returns
        -------
        self

        Raises
        ------
        InvalidParameterError, InvalidDataError, TrainingDivergedError
        """
        with self._kept_if_refused():
            self._fit(X, sample_weight)
        return self

    def _fit(self, X: Any, sample_weight: Any) -> None:
        validate_estimator(self)
        if self.loss == "bce" and self.output_activation != "sigmoid" and self._network_source() is None:
            validate_parameters("Autoencoder with loss='bce'", {"output_activation": [OneOf("sigmoid")]}, vars(self))
        seeds, device = Seeds(self.random_state), self._device
        checked, sample = self._fit_input(X, sample_weight, seeds)
        self._loss, source = self.loss, self._network_source(checked.preprocessor)
        bounds = OUTPUT_RANGES.get(self.output_activation) if source is None else None
        asked = Preparation(scaling=self.scaling, output_range=(0.0, 1.0) if self.loss == "bce" else bounds)
        pipeline, prepared = InputPipeline.fit(
            sample, asked, seeds, device, names=checked.names, preprocessor=checked.preprocessor
        )
        self._with_fitted(fitted_preprocessing(pipeline.preprocessor))
        self.scaling_, rows = pipeline.scaling, prepared.rows.network
        intrinsic = intrinsic_dim(self.embedding_dim, rows, seeds)
        embedding_dim = resolved_dim(self.embedding_dim, embedding_dim_for(sample.X.shape[1]), intrinsic)
        architecture = {
            "network": "dense", "n_inputs": rows.n_inputs, "embedding_dim": embedding_dim,
            "hidden_sizes": [int(size) for size in self.hidden_sizes], "activation": self.activation,
            "output_activation": self.output_activation, "tied": bool(self.tied),
        }  # fmt: skip
        encoder, self._architecture = new_encoder(source, architecture, rows, seeds, type(self).__name__)
        if prepared.absent is not None:  # refuses at once a row that is too far off to be encoded
            pipeline.scale(prepared.absent, device=device, dtype=self._dtype(sample.X))
        held_out, trained = self._split(rows, seeds)
        batch_size = batch_size_for(len(trained)) if self.batch_size == "auto" else int(self.batch_size)
        check_batch_size(type(self).__name__, batch_size, encoder, len(trained))
        settings = Settings(
            max_epochs=self.max_epochs,
            batch_size=batch_size,
            learning_rate=self.learning_rate,
            schedule=self.schedule,
        )
        self.encoder_ = encoder.compute_in(resolve_precision(self.precision, device, encoder))
        callbacks = [*(self.callbacks or []), *([Progress()] if self.verbose else [])]
        if held_out is not None:
            callbacks.append(EarlyStopping("held_out", self.patience))
        self.history_: list[dict[str, Any]] = []
        self.report_: dict[str, Any] = {
            "n_samples": len(rows), "n_rows": len(rows),  # its earlier name
            "scaling": self.scaling_.kind, "imputed": pipeline.imputed(sample.X),
            "embedding_dim": self._architecture["embedding_dim"], "batch_size": batch_size,
            "precision": str(self.encoder_.precision).removeprefix("torch."), "device": str(device),
            **pipeline.report(),
        }  # fmt: skip
        try:
            train(
                self.encoder_, Reconstruction(self.noise, self.loss), trained, phase="pretrain", settings=settings,
                seeds=seeds, history=self.history_, callbacks=callbacks, held_out=held_out,
            )  # fmt: skip
        finally:
            self.encoder_.finish()
            self.n_iter_ = len(self.history_)

    def _fitted_loss(self) -> str:
        """The loss of the fit, whatever ``set_params`` changed since; pickles of earlier versions do not hold it."""
        return str(vars(self).get("_loss", self.loss))

    def _split(self, rows: Rows, seeds: Seeds) -> tuple[Rows | None, Rows]:
        n_held_out = int(self.validation_fraction * len(rows)) if len(rows) >= 20 else 0
        if not n_held_out:
            return None, rows
        order = torch.randperm(len(rows), generator=seeds.generator("held_out")).to(rows.device)
        return rows.subset(order[:n_held_out].sort().values), rows.subset(order[n_held_out:].sort().values)

    @plain_torch()
    def transform(self, X: Any) -> np.ndarray:
        """Embedding of the rows, (n_samples, embedding_dim), float32 for float32 input, else float64."""
        check_is_fitted(self)
        X = self._checked(X)
        return np.asarray(self._embedding(X).cpu().numpy().astype(X.dtype, copy=False))

    @plain_torch()
    def inverse_transform(self, X: Any) -> Any:
        """Rows (n_samples, n_features), in the units of the data, of an embedding ``X`` (n_samples, embedding_dim).

        A frame with the columns of the fit where this was a table of any columns; texts do not come back.
        """
        check_is_fitted(self)
        return self._decoded(self._checked_embedding(X, "X"))

    @plain_torch()
    def score(self, X: Any, y: Any = None) -> float:
        """Negative mean squared reconstruction error in scaled units (higher is better; 0 is perfect).

        In scaled units every column counts as it does in training, so that scores of different sizes of the
        network can be compared; with ``loss="bce"`` the negative cross-entropy.
        """
        check_is_fitted(self)
        X = self._checked(X)
        rows = self._inputs(X)
        network = self._network(rows).eval()
        errors: list[Tensor] = []
        with torch.no_grad():
            for batch in ordered_batches(rows, 8192):
                z = network.encode(batch.inputs)
                errors.append(network.reconstruction_loss(z, batch, self._fitted_loss()))
        return -float(torch.cat(errors).double().mean())

    @property
    def _n_features_out(self) -> int:
        return int(self._architecture["embedding_dim"])
