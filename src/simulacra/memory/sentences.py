"""Sentence embeddings: any sentence-transformers model, run by onnxruntime once it has been exported.

Importing torch and sentence-transformers takes seconds and half a gigabyte, so a model is exported to ONNX the first
time; later starts need onnxruntime and tokenizers only. Where a model cannot be exported, torch runs it, and the note
says why.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from simulacra.errors import EmbedderError
from simulacra.memory.words import clean

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

MODEL, TOKENIZER, ABOUT = "model.onnx", "tokenizer.json", "about.json"
"""The files of an exported model. ``about.json`` is written last."""

THREADS = 2
"""Threads within one embedding: more gain little on short texts and get in the way of everything else."""

WEIGHT = 2.0
"""How much the ranking by meaning counts next to 1 for BM25 (ours: on 117 questions about two lives, 1.5 to 2.5 do
equally well)."""

_BATCH = 16
_NEEDLESS = ["*.onnx", "*.h5", "*.ot", "*.msgpack", "*.tflite", "openvino/*", "onnx/*"]

_log = logging.getLogger(__name__)


class _Engine(Protocol):
    """Runs a model on texts."""

    @property
    def dimensions(self) -> int: ...
    def run(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


class SentenceEmbedder:
    """An embedder of sentence-transformers, with its own pooling and length limit, and without prompts.

    Its name is a hash of its weights: the same model under another path is the same embedder.

    Args:
        model: A model's folder, or its id on the Hugging Face hub (downloaded unless it is in the hub's cache already).
        cache: The folder for exported models.
        title: What people call it; by default the last part of its id or path.
        expected: How the SHA-256 of the weights must begin.

    Raises:
        EmbedderError: There is no such model, its weights are not the expected ones, or a package is missing.
    """

    def __init__(self, model: str, cache: Path, *, title: str = "", expected: str = "") -> None:
        folder = _folder(model)
        digest = _digest(folder, cache)
        if not digest.startswith(expected):
            raise EmbedderError(
                f"The weights in {folder} are not the expected ones (SHA-256 {digest[:8]}…, not {expected}…). "
                "Install the package again."
            )
        self._engine, how = _engine(folder, cache / digest[:16])
        self.name = f"st-{digest[:16]}"
        self.dimensions = self._engine.dimensions
        self.weight = WEIGHT
        self.note = f"{title or Path(model).name}, {self.dimensions} dimensions, {how}"

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One row for each text, of length 1. Shape (texts, dimensions)."""
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        # Texts of one length together: a batch is padded to its longest.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for start in range(0, len(order), _BATCH):
            places = order[start : start + _BATCH]
            rows[places] = self._engine.run([clean(texts[place]) for place in places])
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
        return rows


class OnnxEngine:
    """An exported model in onnxruntime."""

    def __init__(self, folder: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        self.dimensions: int = about["dimensions"]
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.enable_truncation(about["max_length"])
        self._tokenizer.enable_padding(pad_id=about["pad_id"], pad_token=about["pad_token"])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        options.log_severity_level = 3
        # Threads that wait for work by spinning would take the cores from everything else.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(str(folder / MODEL), options, providers=["CPUExecutionProvider"])

    def run(self, texts: Sequence[str]) -> NDArray[np.float32]:
        encoded = self._tokenizer.encode_batch(list(texts))
        inputs = {
            "input_ids": np.array([each.ids for each in encoded], dtype=np.int64),
            "attention_mask": np.array([each.attention_mask for each in encoded], dtype=np.int64),
        }
        return np.asarray(self._session.run(None, inputs)[0], dtype=np.float32)


class TorchEngine:
    """The model in torch, as sentence-transformers runs it."""

    def __init__(self, model: SentenceTransformer) -> None:
        self._model = model
        self.dimensions = int(model.get_embedding_dimension() or 0)

    def run(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.asarray(self._model.encode(list(texts), show_progress_bar=False), dtype=np.float32)


def _engine(folder: Path, exported: Path) -> tuple[_Engine, str]:
    """What runs the model, and a few words on why."""
    if (exported / ABOUT).exists():
        try:
            return OnnxEngine(exported), f"in onnxruntime from {exported}"
        except Exception as error:  # whatever is wrong with the files, the remedy is the same
            _log.warning("The exported model in %s cannot be read (%s): exporting it anew.", exported, error)
            shutil.rmtree(exported, ignore_errors=True)
    from simulacra.memory.onnx_export import ExportError, export, load

    model = load(folder)
    try:
        export(model, exported)
        return OnnxEngine(exported), f"in onnxruntime from {exported}"
    except (ExportError, OSError) as error:
        _log.warning("The model in %s runs in torch, which starts slowly: %s", folder, error)
        return TorchEngine(model), f"in torch, because {error}"


def _folder(model: str) -> Path:
    """The folder of a model, downloaded where it must be."""
    path = Path(model).expanduser()
    if path.is_dir():
        return path.resolve()
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise EmbedderError(
            f"{model!r} needs sentence-transformers. Run \"pip install 'simulacra[embeddings]'\"."
        ) from error
    for local in (True, False):
        try:
            return Path(snapshot_download(model, ignore_patterns=_NEEDLESS, local_files_only=local))
        except Exception as error:  # the hub raises of many kinds: bad name, no network, no such model
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
    raise EmbedderError(f"There is no embedder {model!r}: it is no folder, and the model hub says: {reason}")


def _digest(folder: Path, cache: Path) -> str:
    """The SHA-256 of a model's weights, worked out once for files of this size and time: it takes half a second."""
    weights = sorted(folder.glob("*.safetensors")) or sorted(folder.glob("*.bin"))
    if not weights:
        raise EmbedderError(f"{folder} holds no weights of a model (*.safetensors or *.bin).")
    stats = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in weights]
    note = cache / f"{hashlib.sha256(repr((str(folder), stats)).encode()).hexdigest()[:16]}.sha256"
    try:
        known = note.read_text(encoding="ascii")
        if len(known) == hashlib.sha256().digest_size * 2:
            return known
    except (OSError, ValueError):
        pass
    digest = hashlib.sha256()
    for path in weights:
        with path.open("rb") as file:
            while block := file.read(2**20):
                digest.update(block)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        note.write_text(digest.hexdigest(), encoding="ascii")
    except OSError as error:
        _log.info("The hash of the weights cannot be kept in %s: %s", cache, error)
    return digest.hexdigest()
