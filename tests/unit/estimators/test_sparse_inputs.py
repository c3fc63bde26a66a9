"""Sparse rows: index arrays that lie are refused, cells stored twice are summed, the object given stays as it is."""

import warnings

import numpy as np
import pytest
import scipy.sparse as sp

from deepkmeans import Autoencoder, DeepKMeans, KMeans
from deepkmeans.data.validation import as_numbers
from deepkmeans.exceptions import InvalidDataError
from deepkmeans.model_selection import select_n_clusters

FORMATS = ("csr", "csc", "bsr", "coo", "lil", "dok", "dia")
DENSE = np.array([[0.0, 2, 0, 1], [3, 0, 0, 0], [0, 0, 4, 0], [0, 5, 0, 6], [7, 0, 0, 0], [0, 0, 8, 9]])


def stored(fmt, kind="matrix", dense=DENSE):
    if fmt == "bsr":
        return getattr(sp, f"bsr_{kind}")(dense, blocksize=(2, 2))
    return getattr(sp, f"{fmt}_{kind}")(dense)


def put(name, at, value):
    def damage(X):
        part = np.array(getattr(X, name))
        part[at] = value
        setattr(X, name, part)

    return damage


def cut(name):
    return lambda X: setattr(X, name, getattr(X, name)[:-1])


def put_key(X):
    X._dict[(6, 0)] = 1.0


def put_column(X):
    X.rows[1][0] = 4


DAMAGE = [
    *[(fmt, put("indices", 0, 99), "of [46234], counted from 0") for fmt in ("csr", "csc", "bsr")],
    *[(fmt, put("indices", 0, -1), "-1 of") for fmt in ("csr", "csc", "bsr")],
    *[(fmt, put("indptr", 1, 50), "indptr falls from 50") for fmt in ("csr", "csc", "bsr")],
    *[(fmt, put("indptr", -1, 10**6), "indptr ends at 1000000, beyond") for fmt in ("csr", "csc", "bsr")],
    *[(fmt, put("indptr", 0, 1), "indptr begins with 1, not 0") for fmt in ("csr", "csc", "bsr")],
    *[(fmt, cut("indptr"), r"indptr has \d entries, \d") for fmt in ("csr", "csc", "bsr")],
    *[(fmt, cut("indices"), "beyond") for fmt in ("csr", "csc", "bsr")],
    *[(fmt, cut("data"), "beyond") for fmt in ("csr", "csc", "bsr")],
    ("csr", lambda X: setattr(X, "indices", X.indices + 0.5), "not a row of whole numbers"),
    ("csr", lambda X: setattr(X, "indices", X.indices.astype(object)), "not a row of whole numbers"),
    ("csr", lambda X: setattr(X, "data", X.data[:, None]), r"the values have shape"),
    ("bsr", lambda X: setattr(X, "data", np.ones((len(X.indices), 4, 3))), "blocks of shape .4, 3. do not tile 6 x 4"),
    ("csr", lambda X: setattr(X, "data", X.data.astype("M8[s]")), "datetime64"),
    ("csr", lambda X: setattr(X, "data", X.data.astype(object)), "of object: store real numbers"),
    ("csr", lambda X: setattr(X, "data", X.data * 1j), "Complex data not supported"),
    ("coo", put("row", 0, 6), "row 6 of 6"),
    ("coo", put("row", 0, -1), "row -1 of 6"),
    ("coo", put("col", 0, 4), "column 4 of 4"),
    ("coo", cut("data"), "9 rows, 9 columns and 8 values"),
    ("lil", put_column, "column 4 of 4"),
    ("lil", lambda X: X.data[1].append(1.0), "row 1 has 1 columns and 2 values"),
    ("lil", lambda X: setattr(X, "rows", X.rows[:-1]), "5 lists of columns and 6 of values for 6 rows"),
    ("dok", put_key, "row 6 of 6"),
    ("dok", lambda X: X._dict.update({"ab": 1.0}), "a key is not a pair"),
    ("dia", cut("data"), r"\d offsets for data of shape"),
    ("dia", lambda X: setattr(X, "offsets", np.repeat(X.offsets[:1], len(X.offsets))), "an offset occurs twice"),
]


@pytest.mark.parametrize("kind", ["matrix", "array"])
@pytest.mark.parametrize(("fmt", "damage", "words"), DAMAGE)
def test_damaged_index_arrays_are_refused(fmt, damage, words, kind):
    X = stored(fmt, kind)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SciPy itself warns where it looks
        damage(X)
    with pytest.raises(InvalidDataError, match=words):
        KMeans(2).fit(X)


def read_by_hand(X):
    """What the arrays of a CSR, CSC or COO matrix say, cell by cell."""
    dense = np.zeros(X.shape)
    if X.format == "coo":
        np.add.at(dense, (X.row, X.col), X.data)
        return dense
    for major in range(len(X.indptr) - 1):
        for at in range(X.indptr[major], X.indptr[major + 1]):
            place = (major, X.indices[at]) if X.format == "csr" else (X.indices[at], major)
            dense[place] += X.data[at]
    return dense


@pytest.mark.parametrize("fmt", ["csr", "csc", "coo"])
def test_random_damage_is_refused_or_read_as_it_stands(fmt):
    random, outcomes = np.random.RandomState(0), set()
    for _ in range(150):
        X = stored(fmt)
        for name in random.choice(["data", "row", "col"] if fmt == "coo" else ["data", "indices", "indptr"], 2):
            part = np.array(getattr(X, name))
            change = random.randint(4)
            if change == 0:
                part[random.randint(len(part))] = random.choice([0, 1, 2, 3, 4, 5, 6, -1, 1000])
            elif change == 1:
                part = part[random.permutation(len(part))]
            elif change == 2:
                part = part[:-1]
            setattr(X, name, part)
        if random.randint(2):
            X.has_canonical_format = True
        try:
            rows = as_numbers(X).toarray()
        except InvalidDataError:
            outcomes.add("refused")
        else:
            np.testing.assert_array_equal(rows, read_by_hand(X))
            outcomes.add("read")
    assert outcomes == {"refused", "read"}


def out_of_range(dtype=np.int32):
    indices, indptr = np.array([0, 9, 1, 2, 3, 0], dtype=dtype), np.arange(7, dtype=dtype)
    X = sp.csr_matrix(np.ones((6, 4)))
    X.data, X.indices, X.indptr = np.ones(6), indices, indptr
    return X


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint32])
def test_an_index_out_of_range_ends_no_process(dtype):
    """In ``predict``, ``score`` and the deep ``fit`` it ended the process with signal 11."""
    bad = out_of_range(dtype)
    fitted = KMeans(2, random_state=0).fit(DENSE)
    for call in (fitted.fit, fitted.predict, fitted.transform, fitted.score, fitted.partial_fit, fitted.fit_predict):
        with pytest.raises(InvalidDataError, match="row|column 9 of 4"):
            call(bad)
    deep = DeepKMeans(2, objective="sequential", pretrain_epochs=0, max_epochs=1, random_state=0)
    network = Autoencoder(2, max_epochs=1, random_state=0)
    for refused in (deep.fit, network.fit, lambda X: select_n_clusters(fitted, X), KMeans(2, metric="cosine").fit):
        with pytest.raises(InvalidDataError, match="column 9 of 4"):
            refused(bad)
    deep.fit(DENSE), network.fit(DENSE)
    for call in (deep.predict, deep.transform, deep.predict_proba, deep.embed, deep.score, deep.reconstruct):
        with pytest.raises(InvalidDataError, match="column 9 of 4"):
            call(bad)
    for call in (network.transform, network.score):
        with pytest.raises(InvalidDataError, match="column 9 of 4"):
            call(bad)


@pytest.mark.parametrize("kind", ["matrix", "array"])
@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int8, np.int64, bool])
def test_every_format_is_its_dense_rows(fmt, kind, dtype):
    dense = DENSE.astype(dtype)
    rows = as_numbers(stored(fmt, kind, dense))
    assert rows.format == "csr" and isinstance(rows, sp.spmatrix) == (kind == "matrix")
    assert rows.dtype == (np.float64 if dtype in (np.float64, np.int64) else np.float32)
    assert rows.has_canonical_format
    np.testing.assert_array_equal(rows.toarray(), dense)


def twice():
    """Cells that are stored twice, and what they are."""
    X = sp.csr_matrix((np.ones(8), [0, 0, 0, 0, 1, 1, 1, 1], [0, 2, 4, 6, 8]), shape=(4, 2))
    return X, np.array([[2.0, 0], [2, 0], [0, 2], [0, 2]])


def test_cells_stored_twice_are_summed():
    X, dense = twice()
    for metric in ("euclidean", "cosine"):
        model = KMeans(2, metric=metric, random_state=0).fit(X)
        assert model.inertia_ == 0 == -model.score(X)
        assert model.labels_[0] == model.labels_[1] != model.labels_[2] == model.labels_[3]
        np.testing.assert_array_equal(model.transform(X), model.transform(dense))
    np.testing.assert_array_equal(sorted(KMeans(2, random_state=0).fit(X).cluster_centers_.max(1)), [2, 2])


@pytest.mark.parametrize("lie", [False, True])
@pytest.mark.parametrize("fmt", ["csr", "csc", "bsr", "coo"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int8])
def test_flags_are_not_believed_and_nothing_is_changed(fmt, lie, dtype):
    """Unsorted, stored twice, more entries than are used: read right, and left as it was."""
    parts = np.array([100, 1, 100, 3, 100], dtype=dtype)
    rows, columns = np.array([0, 0, 0, 1, 2]), np.array([3, 0, 3, 1, 2])
    X = sp.coo_matrix((parts, (rows, columns)), shape=(4, 4))
    dense = np.array([[1.0, 0, 0, 200], [0, 3, 0, 0], [0, 0, 100, 0], [0, 0, 0, 0]])
    if fmt == "csr":
        X = sp.csr_matrix((np.append(parts, 9), np.append(columns, 0), [0, 3, 4, 5, 5]), shape=(4, 4))
    elif fmt == "csc":
        X = sp.csc_matrix((parts[[1, 3, 4, 0, 2]], rows[[1, 3, 4, 0, 2]], [0, 1, 2, 3, 5]), shape=(4, 4))
    elif fmt == "bsr":
        blocks = np.array([[[0, 100], [0, 0]], [[1, 0], [0, 3]], [[0, 100], [0, 0]], [[100, 0], [0, 0]]], dtype=dtype)
        X = sp.bsr_matrix((blocks, [1, 0, 1, 1], [0, 3, 4]), shape=(4, 4))
    if lie:
        X.has_canonical_format = True
        if fmt != "coo":
            X.has_sorted_indices = True
    names = [name for name in ("data", "indices", "indptr", "row", "col") if hasattr(X, name)]
    before = {name: np.array(getattr(X, name)) for name in names}
    made = as_numbers(X)
    np.testing.assert_array_equal(made.toarray(), dense)
    assert made.has_canonical_format and made.nnz == (12 if fmt == "bsr" else 4)
    KMeans(2, random_state=0).fit(X)
    for name in names:
        np.testing.assert_array_equal(getattr(X, name), before[name])


def test_a_true_cell_stored_twice_is_true():
    X = sp.csr_matrix((np.array([True, True]), [0, 0], [0, 2, 2]), shape=(2, 1))
    np.testing.assert_array_equal(as_numbers(X).toarray(), [[1], [0]])


def test_good_rows_are_taken_without_a_copy():
    X = sp.random(50, 20, density=0.2, format="csr", random_state=0)
    X.sort_indices()
    made = as_numbers(X)
    assert np.shares_memory(made.data, X.data) and np.shares_memory(made.indices, X.indices)


def test_other_shapes_and_values():
    with pytest.raises(InvalidDataError, match=r"Expected 2D input for X, got a sparse array of shape \(3,\)"):
        KMeans(1).fit(sp.coo_array(np.array([1.0, 0, 2])))
    X = sp.csr_matrix(DENSE)
    for value, words in ((np.inf, r"contains infinity: 1 cells? in column 1"), (np.nan, r"contains NaN: 1 cell")):
        X.data[0] = value
        with pytest.raises(InvalidDataError, match=words + ".*The first is in row 0, column 1, counted from 0"):
            KMeans(2).fit(X)
    with pytest.raises(InvalidDataError, match="0 feature"):
        KMeans(1).fit(sp.csr_matrix((3, 0)))
    with pytest.raises(InvalidDataError, match="0 sample"):
        KMeans(1).fit(sp.csr_matrix((0, 3)))


def test_what_a_transformer_makes_is_looked_at_too():
    from sklearn.preprocessing import FunctionTransformer

    def twice_each(rows):
        made = sp.csr_matrix(rows)
        indptr, indices, data = 2 * made.indptr, np.repeat(made.indices, 2), np.repeat(made.data, 2) / 2
        return sp.csr_matrix((data, indices, indptr), shape=made.shape)

    random = np.random.RandomState(0)
    X = np.abs(random.randn(40, 3)) + np.repeat([0, 5], 20)[:, None]
    options = {"objective": "sequential", "pretrain_epochs": 1, "max_epochs": 2, "random_state": 0, "scaling": "none"}
    plain = DeepKMeans(2, reduce=FunctionTransformer(sp.csr_matrix, check_inverse=False), **options).fit(X)
    doubled = DeepKMeans(2, reduce=FunctionTransformer(twice_each, check_inverse=False), **options).fit(X)
    np.testing.assert_array_equal(doubled.cluster_centers_, plain.cluster_centers_)
