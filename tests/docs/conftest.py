"""Documents are run with settings of their own, and quickly."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _settings_of_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """Recall without a model; and whatever settings a document makes are gone after it."""
    monkeypatch.setenv("SIMULACRA_EMBEDDER", "ngrams")
    monkeypatch.setenv("SIMULACRA_PROMPTS", "")
