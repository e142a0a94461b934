"""How a sentence-transformers model becomes an ONNX file. The only module of this room that imports torch."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from filelock import FileLock

from simulacra.errors import EmbedderError
from simulacra.memory.sentences import ABOUT, MODEL, TOKENIZER, OnnxEngine

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

AGREEMENT = 0.9999
"""The cosine that every probe's two vectors, from torch and from the export, must at least have."""

PROBES = (
    "Hello.",
    "My father mended radios in the shed behind the house, and I held the lamp for him until it got dark.",
    "Ça va? 1987, Łódź: „nie wiem“ …",
    "the tide came in " * 100,
)

LONGEST = 512
"""Tokens that an exported model reads at most; less where the model's own limit is less (MiniLM: 256)."""


class ExportError(Exception):
    """The model cannot be exported; torch can still run it."""


def load(folder: Path) -> SentenceTransformer:
    """Load a model from its folder, without a look at any hub.

    Raises:
        EmbedderError: sentence-transformers is not installed, or cannot load it.
    """
    try:
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar, enable_progress_bar
    except ImportError as error:
        raise EmbedderError(
            "sentence-transformers is not installed. Run \"pip install 'simulacra[embeddings]'\"."
        ) from error
    disable_progress_bar()
    try:
        return SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except Exception as error:  # a broken folder shows itself in many ways
        raise EmbedderError(f"sentence-transformers cannot load {folder}: {error}") from error
    finally:
        enable_progress_bar()


def export(model: SentenceTransformer, target: Path) -> None:
    """Export a model with its pooling into a folder, unless another process has just done so.

    The folder appears whole or not at all.

    Raises:
        ExportError: The model cannot be exported, or its export disagrees with it.
        OSError: The folder cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{target}.lock"):
        if (target / ABOUT).exists():
            return
        draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=".export-"))
        try:
            _write(model, draft)
            _check(model, draft)
            os.replace(draft, target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _write(model: SentenceTransformer, folder: Path) -> None:
    import torch

    class Pooled(torch.nn.Module):  # type: ignore[misc]
        """The whole model as one function of two arrays."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            features = self.model({"input_ids": input_ids, "attention_mask": attention_mask})
            pooled: torch.Tensor = features["sentence_embedding"]
            return pooled

    tokenizer = getattr(model.tokenizer, "backend_tokenizer", None)
    if tokenizer is None:
        raise ExportError("its tokenizer has no form that the package tokenizers reads")
    tokenizer.save(str(folder / TOKENIZER))
    sample = torch.ones((2, 8), dtype=torch.long)
    axes = {0: "texts", 1: "tokens"}
    try:
        with warnings.catch_warnings(), torch.no_grad():
            # The exporter warns of branches that depend on lengths; the probes show whether any of them matters.
            warnings.simplefilter("ignore")
            torch.onnx.export(
                Pooled().eval(),
                (sample, sample),
                str(folder / MODEL),
                input_names=["input_ids", "attention_mask"],
                output_names=["embedding"],
                dynamic_axes={"input_ids": axes, "attention_mask": axes, "embedding": {0: "texts"}},
                # The newer exporter needs 13 s in place of 2, and onnxruntime refuses its file for MiniLM (torch 2.13).
                dynamo=False,
            )
    except OSError:
        raise
    except Exception as error:  # operators without an ONNX form, a missing package "onnx", and more
        raise ExportError(f"it cannot be exported to ONNX ({str(error).strip().splitlines()[0]})") from error
    about = {
        "dimensions": model.get_embedding_dimension(),
        "max_length": min(LONGEST, model.max_seq_length or LONGEST),
        "pad_id": model.tokenizer.pad_token_id or 0,
        "pad_token": model.tokenizer.pad_token or "[PAD]",
    }
    (folder / ABOUT).write_text(json.dumps(about), encoding="utf-8")


def _check(model: SentenceTransformer, folder: Path) -> None:
    """Compare the export with the model on a few texts, short, long and strange."""
    try:
        exported = OnnxEngine(folder).run(PROBES)
    except Exception as error:  # onnxruntime has no exceptions of its own in Python
        raise ExportError(f"onnxruntime cannot run its export ({str(error).strip().splitlines()[0]})") from error
    original = np.asarray(model.encode(list(PROBES), show_progress_bar=False), dtype=np.float32)
    lengths = np.linalg.norm(exported, axis=1) * np.linalg.norm(original, axis=1)
    agreement = float(((exported * original).sum(axis=1) / lengths).min())
    if not agreement > AGREEMENT:
        raise ExportError(f"its export disagrees with it (cosine {agreement:.6f}, not over {AGREEMENT})")
