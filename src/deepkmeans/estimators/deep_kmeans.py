"""K-Means that learns the space it clusters in. ``fit`` reads like the method."""

from __future__ import annotations

from typing import Any, ClassVar

from ..data import InputPipeline, PreparedSample
from ..fitting import Course, FitContext, run_strategy
from ..runtime import plain_torch
from ..training import Progress
from .choosing import decide_n_clusters, n_clusters_of
from .constraints import DEEP_KMEANS
from .findings import warn_of_findings
from .joined_steps import JoinedFitSteps
from .resuming import open_checkpoints

__all__ = ["DeepKMeans"]


class DeepKMeans(JoinedFitSteps):
    """Deep K-Means: a network and K-Means in its embedding, learnt together until both converge.

    Parameters
    ----------
    n_clusters : int, "auto" or "divide", default=8
        ``"auto"`` decides once, before the fit, from low-density gaps in the neighbour graph, and is 1 where no
        structure is clear; ``report_["n_clusters_selection"]`` says why. No network is trained for each k; for
        pictures a single one is, and the gaps are sought in its embedding. ``"divide"`` is the same, but where no
        structure is clear takes the ``useful_division`` of that report, if there is one.
    objective : str, Objective or function returning one, default="selflabel"
        What the network minimises: "selflabel", "sequential", "dcn", "dkm", "dec", "idec", "vade", "deepcluster", or an
        instance such as ``DCN(weight=0.5)``, whose parameters are searched as ``objective__weight``. The default
        chooses one of many candidate partitions, plain K-Means among them, and trains the network to predict it.
    encoder : "auto", nn.Module or function (n_inputs, embedding_dim) -> nn.Module, default="auto"
        ``"auto"`` is a fully connected autoencoder sized by the number of rows, or, for pictures and "selflabel", a
        small convolutional one. A module of your own needs ``encode``, and ``decode`` for objectives that reconstruct;
        it is copied, never trained in place. Of texts, pictures and recordings also a pretrained encoder, which makes
        the network's numbers and is not trained: a ``TextEncoder``, ``ImageEncoder`` or ``AudioEncoder``, or what these
        take as ``model``, such as "sentence-transformers/all-MiniLM-L6-v2". Of several inputs a mapping by name.
    embedding_dim : int, "auto" or "intrinsic", default="auto"
        Width of the embedding; ``"auto"``: 16 for "selflabel", else 10, for fewer than 20 columns half of them;
        ``"intrinsic"``: the estimated intrinsic dimension of the rows (see
        :func:`deepkmeans.model_selection.select_embedding_dim` for the choice by cross-validation).
    pretrain_epochs, max_epochs : int or "auto", default="auto"
        Epochs of reconstruction before clustering, and the most epochs of training with the clustering. ``"auto"`` is
        the objective's number, more for few rows and less for many. "selflabel" does not pretrain.
    batch_size : int or "auto", default="auto"
    learning_rate : float or "auto", default="auto"
        Of the training with the clustering.
    tol : float, default=1e-3
        Converged when, over five epochs (fewer if ``max_epochs`` is small), at most this share of the labels changed
        and the loss changed by at most this fraction of itself in an epoch, or by less than its noise; see
        :class:`~deepkmeans.training.Settings`.
    scaling : {"auto", "standard", "robust", "shared", "pixels", "unit", "counts", "cosine", "none"}, default="auto"
        How columns are scaled, see :func:`deepkmeans.data.fit_scaling`. Flat rows are recognised as pictures only with
        ``"auto"``.
    preprocessor : "auto", InputSpec or transformer, default="auto"
        How tables of any columns and texts become numbers: by what their cells look like, by what an
        :class:`~deepkmeans.InputSpec` says of them, or by a scikit-learn transformer of your own
        (``preprocessor__name`` sets its parameter), which is cloned and fitted on the rows as given, those of weight 0
        aside. Numbers need none. Of several inputs a mapping by name.
    reduce : {"auto", "pca", "none", "tsne", "umap"} or transformer, default="auto"
        What reduces the columns before the network: 128 principal components ("pca"), nothing, or a
        scikit-learn transformer, which is cloned and fitted on the rows as given (``reduce__n_components`` sets its
        parameter). "tsne" and "umap" (``pip install 'deepkmeans[map]'``) lay the scaled rows out in two dimensions,
        and the network and K-Means work on that layout, of at most 5,000 rows, which a saved model holds: the data can
        be read from its file. There is then no ``decode``. See :class:`deepkmeans.data.layout.Layout`.
        ``"auto"``: "pca" above 256 columns that are no pictures; with objectives other than "selflabel" above 256
        sparse or 4,096 dense ones, and not before an ``encoder`` of your own.
    partition : "auto", "k-means" or str, default="auto"
        Which candidate partition "selflabel" takes: the one that a judge learnt from labelled data chooses (its reason
        is ``report_["reason"]``), plain K-Means, or one by its name in ``alternatives_`` or ``report_["rounds"]``.
    balance : float in [0, 1], default=0.0
        How equal the sizes of the clusters are: none is smaller than ``balance`` times the mean size, or larger than
        the mean divided by it. 0 leaves them free, with 1 they are equal to the row, unless equal rows prevent it.
    missing : {"impute", "error"}, default="impute"
    callbacks : list of deepkmeans.training.Callback or None, default=None
    device : "auto", "cpu", "cuda", ..., default="auto"
    precision : {"auto", "float32", "bfloat16"}, default="auto"
    random_state : int, RandomState or None, default=None
        Same value, same machine: same result, bit for bit on the CPU.
    verbose : int, default=0
    align_to : fitted model, path or None, default=None
        An earlier model, its file or run: the same clusters get its numbers and names. Not in a file.
    noise : None, "label" or float in [0, 0.5], default=None
        Rows that get the label -1, by their :meth:`outlier_score`: none; ``"label"``: those above 2; a float: this
        share of the rows of the fit. ``predict`` does so with new rows beyond the same score.

    Attributes
    ----------
    labels_ : ndarray of shape (n_samples,), int32
        Equal to ``predict`` of the training rows. 0 is the largest cluster, or as ``align_to`` has it; -1 is noise.
    cluster_centers_ : ndarray of shape (n_clusters, embedding_dim)
        Centres in the embedding; ``decode`` of one is a row to look at.
    cluster_names_ : dict of int to str
        Names that :meth:`rename` has given, or that ``align_to`` takes over.
    prices_ : ndarray of shape (n_clusters,), float64
        Added to squared distances to each centre where rows are assigned, so that sizes are as ``balance`` asks.
    n_clusters_ : int
        Clusters that hold rows.
    inertia_ : float
        Weighted sum of squared distances of the rows, in the embedding, to their centres.
    n_iter_ : int
        Epochs of training with the clustering.
    encoder_ : nn.Module
    preprocessor_ : Preprocessor, transformer or None
        What made the numbers of a table or texts; a transformer given as ``preprocessor`` as its fitted clone.
    reducer_ : transformer, Layout or None
        The fitted clone of a transformer given as ``reduce``; of "tsne" and "umap" the layout, whose ``transform``
        says where rows, an array (n_samples, n_features), lie in it.
    objective_ : Objective
    history_ : list of dict
        One record an epoch: phase, epoch, loss, its terms, changed, learning_rate, seconds.
    report_ : dict
        Decisions and findings: scaling, sizes (weighted), precision, convergence, collapse, imputed cells; how sure
        labels are (``expected_accuracy``, ``unsure_share``, and both in words: ``how_sure``); of tables
        and texts the ``input``: the kind of each column, whether it is used, and why; of "selflabel" also every
        candidate partition with its scores (``rounds``), the one ``chosen``, the ``reason``, of tables ``confidence``,
        ``runner_up`` and ``alternatives``, of series the ``space`` of their neighbours and how clear all ``spaces``
        are; of ``n_clusters="auto"`` the ``n_clusters_selection``: choice, second best, confidence, reason, and the
        curves of every criterion (see :func:`deepkmeans.graph.n_clusters_statistics`).
    alternatives_ : list of dict
        Of tables, the best few different partitions, the one taken among them: ``name`` (for ``partition=``),
        ``consensus``, ``like_chosen`` and ``labels`` (n_samples,), None above 100,000 rows. Not in a file.
    distances_ : ndarray of shape (n_samples,)
        Of each row, in the embedding, to its centre. Not in a file.
    plan_ : FitPlan
        The settings of the fit, every "auto" resolved. Not in a file.
    n_features_in_, feature_names_in_

    Notes
    -----
    Time O(epochs x n x weights of the network), memory O(n x d). References: see each objective's module.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from deepkmeans import DeepKMeans
    >>> X = load_iris().data
    >>> model = DeepKMeans(3, pretrain_epochs=5, max_epochs=50, random_state=0).fit(X)
    >>> bool((model.labels_ == model.predict(X)).all())
    True
    """

    _constraints: ClassVar[dict[str, list[Any]]] = DEEP_KMEANS

    def __init__(
        self, n_clusters: int | str = 8, *, objective: Any = "selflabel", encoder: Any = "auto",
        embedding_dim: int | str = "auto", pretrain_epochs: int | str = "auto", max_epochs: int | str = "auto",
        batch_size: int | str = "auto", learning_rate: float | str = "auto", tol: float = 1e-3,
        scaling: str = "auto", preprocessor: Any = "auto", reduce: Any = "auto", partition: str = "auto",
        balance: float = 0.0, missing: str = "impute", callbacks: Any = None, device: Any = "auto",
        precision: str = "auto", random_state: Any = None, verbose: int = 0, align_to: Any = None, noise: Any = None,
    ) -> None:  # fmt: skip
        self.n_clusters = n_clusters
        self.objective = objective
        self.encoder = encoder
        self.embedding_dim = embedding_dim
        self.pretrain_epochs = pretrain_epochs
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.tol = tol
        self.scaling = scaling
        self.preprocessor = preprocessor
        self.reduce = reduce
        self.partition = partition
        self.balance = balance
        self.missing = missing
        self.callbacks = callbacks
        self.device = device
        self.precision = precision
        self.random_state = random_state
        self.verbose = verbose
        self.align_to = align_to
        self.noise = noise

    @plain_torch()
    def fit(self, X: Any, y: Any = None, sample_weight: Any = None) -> DeepKMeans:
        """Learn network and centres.

        Parameters
        ----------
        X : array, data frame, tensor or sparse matrix of shape (n_samples, n_features), texts, or a mapping of inputs
            A frame (pandas, polars, Arrow), or rows of cells, may have columns of categories, dates and texts; columns
            that tell rows apart and nothing else, such as row numbers, are left out, and ``report_["input"]`` says so.
            Texts are a list, series or array of str; pictures an array (n_samples, height, width) or
            (n_samples, height, width, channels), or of any size a folder or a list of paths, PIL images or arrays.
            Several inputs are a mapping by name, ``{"photo": paths, "title": titles}``, with None in a list, or a row
            of NaN, where a row lacks one. NaN is imputed and flagged (or refused with ``missing="error"``); infinity is
            refused. A sparse matrix of at most 256 columns is made dense, with the same result (not above 1 GiB).
        y : ignored
        sample_weight : array of shape (n_samples,) or None
            A weight of 2 counts as the row twice, of 0 as its absence: such a row is given a label and nothing else.

        Returns
        -------
        self

        Raises
        ------
        InvalidParameterError, InvalidDataError
        TrainingDivergedError
            Its ``model`` is this estimator, fitted with the last finite state.
        KeyboardInterrupt
            Passed on; the estimator is then fitted with the last complete epoch and
            ``report_["interrupted"]`` is True.

        Warns
        -----
        ConvergenceWarning : ``max_epochs`` came before convergence.
        CollapseWarning : fewer clusters hold rows than were asked for.
        UncertainStructureWarning : different partitions are as good, as far as can be told.
        MissingValuesWarning : cells were imputed.
        """
        with self._kept_if_refused():
            valid = self._validate(X, sample_weight)
            earlier = self._earlier_clusters(X, valid)
            pipeline, prepared = self._fit_pipeline(valid)
            context = self._plan(valid, pipeline, prepared)
            context, course = self._begin(context, pipeline, prepared)
            with self._published_if_stopped(context, course, pipeline, prepared, earlier):
                result = run_strategy(context, course)
                self._publish(result, context, course, pipeline, prepared, earlier)
            self._learn_doubt(result, context, prepared, X)
            if result.partition is not None:
                self.alternatives_ = result.partition.alternatives(self.labels_, prepared.all_rows())
        warn_of_findings(self.report_, self.plan_, self.history_)
        return self

    def _begin(
        self, context: FitContext, pipeline: InputPipeline, prepared: PreparedSample
    ) -> tuple[FitContext, Course]:
        """Decide how many clusters, open checkpoints, begin report and history."""
        sample, selection = prepared.sample, {}
        if context.plan.n_clusters is None:
            statistics = decide_n_clusters(context, verbose=bool(self.verbose))
            context = context.with_clusters(n_clusters_of(statistics, divide=self.n_clusters == "divide"))
            selection = {"n_clusters_selection": statistics}
        self.plan_ = context.plan
        self.history_: list[dict[str, Any]] = []
        self.alternatives_ = []
        imputed = pipeline.imputed(sample.X)
        self.report_: dict[str, Any] = {
            **context.plan.report(), **pipeline.report(), "imputed": imputed, "interrupted": False, **selection,
        }  # fmt: skip
        watchers = [*(self.callbacks or []), *([Progress()] if self.verbose else [])]
        resumed = open_checkpoints(watchers, context.plan, sample.X, sample.weight, context.seeds)
        return context, Course(self.history_, watchers, resumed)
