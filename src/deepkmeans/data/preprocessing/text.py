"""Texts to TF-IDF rows: sublinear counts, smooth inverse document frequencies, length one.

Salton & Buckley: Term-weighting approaches in automatic text retrieval, 1988:

.. math:: x_{ij} = (1 + \\log c_{ij}) \\left(1 + \\log\\frac{1 + n}{1 + f_j}\\right)

with c_ij how often term j is in text i, f_j in how many of the n texts it is (by their weights), and each row divided
by its length. Terms are chosen by :mod:`.vocabulary`. A text without any of them is a row of zeros.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor

from ..._quoting import short
from ...decomposition import randomized_components
from ...exceptions import InvalidDataError, InvalidParameterError
from ...runtime import Seeds
from ..given import GivenInput
from ..input_spec import InputSpec
from .scripts import script_of
from .stored_text import StoredText, decoded, encoded
from .vocabulary import choose_terms, count_known, count_terms

__all__ = ["TextPreprocessor"]


@dataclass(frozen=True, eq=False)
class TextPreprocessor:
    """TF-IDF of texts, or its coordinates in few components.

    Attributes
    ----------
    terms : tuple of str of length m
        In alphabetical order.
    idf : ndarray of shape (m,), float32
        Inverse document frequencies.
    components : ndarray of shape (m, p), float32, or None
        Of the TF-IDF rows, where these are made dense.
    findings : mapping
        What the fit has seen, JSON-safe: see :meth:`report`.
    """

    terms: tuple[str, ...]
    idf: np.ndarray
    components: np.ndarray | None
    findings: dict[str, Any]

    kind = "text"
    #: Rows have length one; the projection of the scaling does the rest.
    scaled = False

    @classmethod
    def fit(
        cls, given: GivenInput, spec: InputSpec | None = None, *, weight: np.ndarray | None = None, seeds: Seeds,
        n_components: int | None = None,
    ) -> tuple[TextPreprocessor, Any]:  # fmt: skip
        """The preprocessor of texts, and their rows.

        Parameters
        ----------
        given : GivenInput of n texts
        spec : InputSpec or None
            Says nothing of texts.
        weight : ndarray of shape (n,) or None
            2 counts as the text twice, 0 as no text.
        seeds : Seeds
        n_components : int or None
            Width of dense rows, as the text column of a table has them; None for sparse TF-IDF.

        Returns
        -------
        (TextPreprocessor, csr_matrix of shape (n, m) or ndarray of shape (n, p), float32)

        Raises
        ------
        InvalidDataError
            If no text has a term.
        """
        texts = _texts(given)
        mass = np.ones(len(texts)) if weight is None else np.asarray(weight, dtype=np.float64)
        if 0 < mass.sum() < len(mass):  # weights may be shares; their unit then means nothing
            mass = mass * (len(mass) / mass.sum())
        counts, terms = count_terms(texts)
        there = np.asarray(counts[mass > 0].sum(axis=0)).ravel() > 0
        if not there.any():
            raise _nothing_to_compare(texts)
        vocabulary = choose_terms(counts, terms, mass)
        counts = counts[:, vocabulary.columns].tocsr()
        idf = 1 + np.log((1 + mass.sum()) / (1 + vocabulary.frequency))
        findings = {
            "n_texts": len(texts),
            "n_empty": sum(not text.strip() for text in texts),
            "n_without_terms": int((np.diff(counts.indptr) == 0).sum()),
            "n_terms": len(vocabulary.terms),
            "n_terms_seen": len(terms),
            "fewest_texts_of_a_term": vocabulary.least,
            "left_out": list(vocabulary.left_out),
            "scripts": dict(Counter(map(script_of, texts)).most_common()),
        }
        fitted = cls(vocabulary.terms, idf.astype(np.float32), None, findings)
        rows = fitted._weighted(counts)
        if n_components is None:
            return fitted, rows
        components = _components(rows, mass, n_components, seeds)
        return cls(fitted.terms, fitted.idf, components, findings), np.asarray(rows @ components)

    @property
    def feature_names(self) -> Sequence[str]:
        """Terms, or numbered topics."""
        if self.components is None:
            return self.terms
        return [f"topic {number}" for number in range(self.components.shape[1])]

    @property
    def holds_terms(self) -> bool:
        """Whether rows are terms, zero where a text has not one."""
        return self.components is None

    @cached_property
    def _columns(self) -> dict[str, int]:
        return {term: column for column, term in enumerate(self.terms)}

    def transform(self, given: GivenInput) -> Any:
        """Rows (n, m) of texts, or (n, p); terms that the fit has not kept count for nothing.

        Raises
        ------
        InvalidDataError
            For a table.
        """
        rows = self._weighted(count_known(_texts(given), self._columns))
        return rows if self.components is None else np.asarray(rows @ self.components)

    def _weighted(self, counts: sp.csr_matrix) -> sp.csr_matrix:
        """TF-IDF rows of length one from counts (n, m)."""
        entries = (1 + np.log(counts.data)) * self.idf[counts.indices]
        row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
        length = np.sqrt(np.bincount(row, entries.astype(np.float64) ** 2, counts.shape[0]))
        unit = (entries / length[row]).astype(np.float32)
        return sp.csr_matrix((unit, counts.indices, counts.indptr), shape=counts.shape)

    def inverse(self, rows: np.ndarray) -> Any:
        """Refused: a text is not its terms."""
        raise InvalidParameterError(
            "Rows of numbers cannot be made texts again, as TF-IDF forgets the order of words; feature_names are the "
            "terms of the columns."
        )

    def report(self) -> dict[str, Any]:
        """What was seen: counts of texts (all, empty ones, those without a term that is kept), of terms and scripts.

        ``left_out`` are the most frequent terms in more than half of the texts, and function words.
        """
        return {"kind": self.kind, **self.findings}

    def to_parts(self, prefix: str = "preprocessing/") -> tuple[dict[str, Any], dict[str, Tensor]]:
        """Document and tensors for a file; names of tensors begin with ``prefix``."""
        tensors = {"terms": encoded(self.terms), "idf": torch.from_numpy(self.idf.copy())}
        if self.components is not None:
            tensors["components"] = torch.from_numpy(self.components.copy())
        return {"kind": self.kind, "findings": self.findings}, {prefix + name: value for name, value in tensors.items()}

    @classmethod
    def from_parts(
        cls, document: dict[str, Any], tensors: dict[str, Tensor], prefix: str = "preprocessing/"
    ) -> TextPreprocessor:  # fmt: skip
        """Rebuild what :meth:`to_parts` gave, once checked."""
        components = tensors.get(f"{prefix}components")
        return cls(
            decoded(tensors[f"{prefix}terms"]), tensors[f"{prefix}idf"].numpy(),
            None if components is None else components.numpy(), dict(document["findings"]),
        )  # fmt: skip

    @staticmethod
    def check_parts(
        document: Any, tensors: dict[str, Tensor], prefix: str = "preprocessing/"
    ) -> dict[str, int]:  # fmt: skip
        """Refuse what is none with :class:`~deepkmeans.storage.schema.MismatchError`; its sizes by name.

        ``n_features`` is the width of its rows.
        """
        return StoredText(prefix).check(document, tensors)


def _texts(given: GivenInput) -> list[str]:
    if given.kind != "text":
        raise InvalidDataError(
            "The fit was of texts, and a table is given. Give a list of texts, or the column of texts alone: "
            "frame['title'].tolist()."
        )
    return list(given.rows)


def _nothing_to_compare(texts: list[str]) -> InvalidDataError:
    shown = next((text for text in texts if text.strip()), None)
    if shown is None:
        return InvalidDataError(f"All {len(texts):,} texts are empty or missing: there is nothing to cluster.")
    return InvalidDataError(
        f"None of the {len(texts):,} texts has a word of two letters or more, so there is nothing to compare. The "
        f"first is {short(shown)}; give texts, or numbers as numbers, or single letters as the levels of a "
        "category, InputSpec(kind='table', columns={'0': 'category'})."
    )


def _components(rows: sp.csr_matrix, mass: np.ndarray, n_components: int, seeds: Seeds) -> np.ndarray:
    """Orthonormal components (m, p), p at most ``n_components``, of rows by their weights, largest first."""
    p = min(n_components, *rows.shape)
    roots = sp.diags(np.sqrt(mass / mass.mean()).astype(np.float32))
    components = randomized_components(roots @ rows, p, seeds.numpy("text", "components"))
    peak = np.abs(components).argmax(axis=1)
    signs = np.sign(components[np.arange(p), peak])[:, None]
    return np.ascontiguousarray((components * signs).T, dtype=np.float32)
