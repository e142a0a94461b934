from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import FakeListChatModel, GenericFakeChatModel
from langchain_core.messages import AIMessage
from langchain_openai import ChatOpenAI

from simulacra.backbones.backbone import Answer, Backbone
from simulacra.backbones.ledger import Ledger
from simulacra.backbones.open import open_backbone
from simulacra.domain.character import Character
from simulacra.domain.conversation import Counts, Thought
from simulacra.errors import GenerationError
from simulacra.prompts.conversation import Respond, Think
from simulacra.prompts.library import PromptLibrary
from tests.support.openai_double import OpenAIDouble, failure

KEY = "sk-verysecret1234567890"


@pytest.fixture
def opening(tmp_path: Path) -> Any:
    ledger = Ledger(tmp_path / "ledger.db")
    return lambda model: open_backbone(model, ledger=ledger, prompts=PromptLibrary())


@pytest.fixture
def think(small_character: Character) -> Think:
    return Think(character=small_character, speaker="Noor", stimulus="Dear?")


@pytest.fixture
def respond(small_character: Character) -> Respond:
    return Respond(character=small_character, speaker="Noor", stimulus="Dear?")


class Listening(FakeListChatModel):
    """Keeps what it was told."""

    heard: list[str] = []

    def _call(self, messages: Any, *args: Any, **kwargs: Any) -> str:
        self.heard.append(messages[-1].content)
        return super()._call(messages, *args, **kwargs)


async def test_a_model_that_enforces_nothing_gets_the_schema_in_its_prompt(opening: Any, think: Think) -> None:
    model = Listening(responses=["Hm?", '{"text": "He wants a discount."}'])
    answer = await opening(model).ask(think)
    assert answer.value == Thought(text="He wants a discount.")
    assert answer.counts == Counts(asked=1, repaired=1)
    assert '"required": ["text"]' in model.heard[0]


async def test_a_reply_streams_and_is_recorded(opening: Any, respond: Respond) -> None:
    backbone = opening(GenericFakeChatModel(messages=iter([AIMessage(content="It is what it costs.")])))
    *pieces, answer = [each async for each in backbone.stream(respond)]
    assert len(pieces) > 1
    assert isinstance(answer, Answer)
    assert "".join(pieces) == answer.value == "It is what it costs."
    assert (await backbone.ask(respond)).usage.cached == 1


async def test_what_the_model_raises_is_a_plain_error_without_secrets(opening: Any, respond: Respond) -> None:
    class Broken(FakeListChatModel):
        def _call(self, *args: Any, **kwargs: Any) -> str:
            raise RuntimeError(f"no luck with {KEY}\nat all")

    with pytest.raises(GenerationError, match="failed with RuntimeError: no luck with") as caught:
        await opening(Broken(responses=["x"])).ask(respond)
    assert KEY not in str(caught.value)


@pytest.fixture
async def server() -> AsyncIterator[OpenAIDouble]:
    async with OpenAIDouble(lambda _: '{"text": "He wants a discount."}') as double:
        yield double


def chat_openai(server: OpenAIDouble, **settings: Any) -> ChatOpenAI:
    return ChatOpenAI(model="gpt-4o-mini", base_url=server.url, api_key=KEY, max_retries=0, **settings)


async def test_chatopenai_enforces_the_schema(opening: Any, think: Think, server: OpenAIDouble) -> None:
    answer = await opening(chat_openai(server, temperature=0.3)).ask(think)
    assert answer.value == Thought(text="He wants a discount.")
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (11, 7)
    assert answer.usage.cost == pytest.approx((11 * 0.15 + 7 * 0.60) / 1e6)
    assert server.bodies[0]["response_format"]["json_schema"]["strict"] is True
    assert "schema" not in json.dumps(server.bodies[0]["messages"])


async def test_its_settings_are_part_of_the_key_and_its_key_is_not(
    opening: Any, think: Think, server: OpenAIDouble, tmp_path: Path
) -> None:
    for temperature in (0.3, 0.4, 0.3):
        await opening(chat_openai(server, temperature=temperature)).ask(think)
    assert len(server.bodies) == 2
    assert KEY.encode() not in b"".join(each.read_bytes() for each in tmp_path.glob("ledger.db*"))


async def test_a_refused_key_is_not_repeated(opening: Any, respond: Respond, server: OpenAIDouble) -> None:
    server.reply = lambda _: failure(401, f"Incorrect API key provided: {KEY}")
    backbone: Backbone = opening(chat_openai(server))
    with pytest.raises(GenerationError, match="AuthenticationError") as caught:
        await backbone.ask(respond)
    assert KEY not in str(caught.value)
