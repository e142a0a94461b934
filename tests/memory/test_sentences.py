from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from simulacra.errors import EmbedderError
from simulacra.memory import embedders, onnx_export
from simulacra.memory.embedders import open_embedder
from simulacra.memory.sentences import ABOUT, MODEL, SentenceEmbedder

pytestmark = [
    pytest.mark.slow,  # torch takes seconds to import
    pytest.mark.skipif(find_spec("sentence_transformers") is None, reason="[embeddings] is not installed"),
]
needs_package = pytest.mark.skipif(find_spec(embedders.PACKAGE) is None, reason="MiniLM is not installed")

TEXTS = ["the boat", "a boat on the river in winter", "", "half \ud800", "river " * 400]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model with random weights, saved as sentence-transformers saves it."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.manual_seed(7)
    folder = tmp_path_factory.mktemp("model")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "a", "boat", "river", "on", "in", "winter", "##s"]
    (folder / "vocab.txt").write_text("\n".join(words))
    BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=64).save_pretrained(folder / "bert")
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder / "bert")
    transformer = Transformer(str(folder / "bert"), max_seq_length=64)
    SentenceTransformer(modules=[transformer, Pooling(16, "mean")], device="cpu").save(str(folder / "tiny"))
    return folder / "tiny"


@pytest.fixture(scope="module")
def cache(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache in which the tiny model has been exported."""
    folder = tmp_path_factory.mktemp("exported")
    assert "in onnxruntime" in open_embedder(f"st:{model}", folder).note
    return folder


def test_an_export_agrees_with_the_model(model: Path, cache: Path) -> None:
    embedder = open_embedder(f"st:{model}", cache)
    texts = [text.replace("\ud800", "?") for text in TEXTS]
    expected = onnx_export.load(model).encode(texts, normalize_embeddings=True, show_progress_bar=False)
    vectors = embedder.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimensions) == (len(TEXTS), 16)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, expected, atol=1e-5)


def test_a_later_start_imports_no_torch(model: Path, cache: Path) -> None:
    code = """
import sys
from pathlib import Path
from simulacra.memory.embedders import open_embedder
embedder = open_embedder("st:" + sys.argv[1], Path(sys.argv[2]))
print(embedder.name, embedder.embed(["the boat"]).shape)
print([name for name in ("torch", "transformers", "sentence_transformers") if name in sys.modules])
"""
    command = [sys.executable, "-c", code, str(model), str(cache)]
    later = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert later == [f"{open_embedder(f'st:{model}', cache).name} (1, 16)", "[]"]


def test_the_same_weights_elsewhere_are_the_same_embedder(model: Path, cache: Path, tmp_path: Path) -> None:
    shutil.copytree(model, tmp_path / "copy")
    exported = sorted(path.name for path in cache.iterdir() if path.is_dir())
    assert open_embedder(f"st:{tmp_path / 'copy'}", cache).name == open_embedder(f"st:{model}", cache).name
    assert sorted(path.name for path in cache.iterdir() if path.is_dir()) == exported


def test_a_damaged_export_is_made_anew(model: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    before = open_embedder(f"st:{model}", tmp_path).embed(["the boat"])
    damaged = next(tmp_path.glob(f"*/{MODEL}"))
    damaged.write_bytes(damaged.read_bytes()[:100])
    np.testing.assert_allclose(open_embedder(f"st:{model}", tmp_path).embed(["the boat"]), before, atol=1e-6)
    assert "exporting it anew" in caplog.text


def test_an_export_that_disagrees_is_not_used(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    monkeypatch.setattr(onnx_export, "AGREEMENT", 2.0)
    embedder = open_embedder(f"st:{model}", tmp_path)
    assert "in torch, because its export disagrees with it (cosine 1.0" in embedder.note
    assert not list(tmp_path.glob(f"*/{MODEL}"))
    exported = open_embedder(f"st:{model}", cache)
    np.testing.assert_allclose(embedder.embed(TEXTS), exported.embed(TEXTS), atol=1e-5)
    assert embedder.name == exported.name


def test_without_a_cache_the_model_runs_in_torch(model: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    embedder = open_embedder(f"st:{model}", tmp_path / "cache")
    assert "in torch, because" in embedder.note
    assert embedder.embed(["the boat"]).shape == (1, 16)


def test_two_exports_at_once_make_one(model: Path, tmp_path: Path) -> None:
    loaded, target, failures = onnx_export.load(model), tmp_path / "target", []

    def run() -> None:
        try:
            onnx_export.export(loaded, target)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert (target / ABOUT).exists()
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["target"]


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match="holds no weights"):
        open_embedder(f"st:{tmp_path}", tmp_path / "cache")


def test_a_model_that_nobody_has_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match="There is no embedder 'nobody/has-this'"):
        open_embedder("st:nobody/has-this", tmp_path)


def test_other_weights_than_expected_are_refused(model: Path, tmp_path: Path) -> None:
    with pytest.raises(EmbedderError, match="are not the expected ones"):
        SentenceEmbedder(str(model), tmp_path, expected="beef")


@needs_package
def test_the_packaged_model_is_the_default_and_works_offline(shared_cache: Path) -> None:
    embedder = open_embedder(None, shared_cache / "embedders")
    assert embedder.name.startswith("st-53aa5117")
    assert embedder.note.startswith("all-MiniLM-L6-v2, 384 dimensions, in onnxruntime")
    query, near, far = embedder.embed(["Who taught you to sail?", "Uncle Jon let me hold the tiller.", "Rye bread."])
    assert query @ near > query @ far + 0.1


@needs_package
def test_a_packaged_model_that_is_not_the_right_one_gives_way_to_ngrams(
    shared_cache: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(embedders, "PACKAGED_WEIGHTS", "beef")
    embedder = open_embedder(None, shared_cache / "embedders")
    assert embedder.name.startswith("ngrams") and "not the expected ones" in embedder.note
    assert "goes on with hashed n-grams" in caplog.text
