from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import FakeListChatModel

from simulacra.backbones.by_agent import ByAgent
from simulacra.backbones.language import LanguageBackbone
from simulacra.backbones.ledger import Ledger
from simulacra.backbones.open import open_backbone
from simulacra.backbones.scripted import ScriptedBackbone
from simulacra.errors import BackboneNotAvailableError
from simulacra.prompts.library import PromptLibrary


@pytest.fixture
def opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    ledger = Ledger(tmp_path / "ledger.db")
    return lambda spec: open_backbone(spec, ledger=ledger, prompts=PromptLibrary())


@pytest.mark.parametrize(
    "spec",
    [
        "openai:gpt-x",
        "openai:org/model:free?temperature=0.7&max_tokens=100",
        "vllm:org/mara@http://localhost:8000/v1",
        "vllm:mara@http://localhost:8000?seed=1",
    ],
)
def test_a_spec_opens_and_keeps_its_name(opening: Any, spec: str) -> None:
    backbone = opening(spec)
    assert isinstance(backbone, LanguageBackbone)
    assert backbone.spec == spec


def test_reflex_opens(opening: Any) -> None:
    assert opening("reflex").spec == "reflex"


@pytest.mark.parametrize(
    ("spec", "complaint"),
    [
        ("", "there is no kind ''"),
        ("gpt-4o", "there is no kind 'gpt-4o'"),
        ("OpenAI:gpt-4o", "there is no kind 'OpenAI'"),
        ("reflex:fast", "reflex has no model to choose"),
        ("reflex?seed=1", "reflex has no model to choose"),
        ("openai:", "the model's name is missing"),
        ("openai", "the model's name is missing"),
        ("openai:x?temprature=1", "there is no parameter 'temprature'; there are temperature"),
        ("openai:x?api_key=sk-123456", "there is no parameter 'api_key'"),
        ("openai:x?temperature=hot", "'temperature' cannot be 'hot'"),
        ("openai:x?temperature=3", "'temperature' cannot be '3'"),
        ("openai:x?temperature=1&temperature=0", "'temperature' stands twice"),
        ("openai:x?temperature", "not of the form NAME=VALUE"),
        ("vllm:mara", "MODEL@URL"),
        ("vllm:@http://localhost", "MODEL@URL"),
        ("vllm:mara@localhost:8000", "no URL such as"),
        ("hf:", "id or path is missing"),
        ("hf:x?warmth=1", "there is no parameter 'warmth'"),
        ("top=reflex,feeling=reflex", "'feeling=reflex' is not ROLE=SPEC with one of the roles top, thinking"),
        ("top=reflex,thinking=", "'thinking=' is not ROLE=SPEC"),
        ("top=openai:x,top=openai:y", "the role 'top' stands twice"),
        ("top=openai:", "the model's name is missing"),
    ],
)
def test_a_spec_that_cannot_be_says_why_and_what_can(opening: Any, spec: str, complaint: str) -> None:
    with pytest.raises(BackboneNotAvailableError, match=complaint) as caught:
        opening(spec)
    assert "openai:MODEL" in str(caught.value)
    assert "sk-123456" not in str(caught.value)


def test_a_wrong_address_in_the_environment_is_named(opening: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "localhost:8000")
    with pytest.raises(BackboneNotAvailableError, match="'localhost:8000' is no URL"):
        opening("openai:x")


def test_roles_may_share_a_backbone(opening: Any) -> None:
    backbone = opening("top=openai:x, thinking=openai:y ,emotion=openai:x")
    assert isinstance(backbone, ByAgent)
    assert backbone.spec == "top=openai:x,thinking=openai:y,emotion=openai:x,default=openai:x"


def test_a_backbone_is_itself(opening: Any) -> None:
    scripted = ScriptedBackbone({})
    assert opening(scripted) is scripted


def test_a_langchain_model_is_a_backbone(opening: Any) -> None:
    assert opening(FakeListChatModel(responses=["x"])).spec == "langchain:FakeListChatModel"


def test_anything_else_is_none(opening: Any) -> None:
    with pytest.raises(BackboneNotAvailableError, match="int is no backbone"):
        opening(3)
