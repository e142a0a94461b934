from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulacra.backbones.backbone import Answer
from simulacra.backbones.ledger import Ledger
from simulacra.backbones.open import open_backbone
from simulacra.backbones.spec import Spec
from simulacra.domain.character import Character
from simulacra.errors import BackboneNotAvailableError, UnreadableAnswerError
from simulacra.prompts.conversation import Reflect, RespondBlank
from simulacra.prompts.library import Message, PromptLibrary

pytest.importorskip("transformers")
pytestmark = pytest.mark.slow

TEMPLATE = (
    "{% for m in messages %}<{{ m.role }}> {{ m.content }} {% endfor %}{% if add_generation_prompt %}<me>{% endif %}"
)
HELLO = (Message(role="user", content="the river and the old garden"),)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random Llama of a few thousand weights, with a tokenizer of whole words."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    trained = Tokenizer(models.WordLevel(unk_token="<unk>"))
    trained.pre_tokenizer = pre_tokenizers.Whitespace()
    words = [f"word{number}" for number in range(200)] + HELLO[0].content.split()
    trained.train_from_iterator(words, trainers.WordLevelTrainer(special_tokens=["<unk>", "<pad>", "</s>"]))
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=trained, unk_token="<unk>", pad_token="<pad>", eos_token="</s>", chat_template=TEMPLATE
    )
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=2048,
        eos_token_id=2,
        pad_token_id=1,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


@pytest.fixture
def opening(tiny: Path) -> Any:
    from simulacra.backbones.huggingface import huggingface_model

    return lambda query="": huggingface_model(Spec.parse(f"hf:{tiny}?max_tokens=12{query}&device=cpu"))


async def test_the_likeliest_words_are_always_the_same(opening: Any) -> None:
    model = opening()
    one, other = [await model.complete(HELLO, sample=sample) for sample in (0, 1)]
    assert one == other
    assert one.text
    assert (one.completion_tokens, one.finish) == (12, "length")
    assert one.prompt_tokens > len(HELLO[0].content.split())
    await model.aclose()


async def test_drawn_words_depend_on_the_sample_alone(opening: Any) -> None:
    model, again = opening("&temperature=1.5"), opening("&temperature=1.5")
    texts = [(await each.complete(HELLO, sample=sample)).text for sample in (0, 1) for each in (model, again)]
    assert texts[0] == texts[1] != texts[2] == texts[3]


async def test_a_stream_gives_the_same_words_piece_by_piece(opening: Any) -> None:
    model = opening()
    whole = await model.complete(HELLO)
    *pieces, completion = [each async for each in model.stream(HELLO)]
    assert completion == whole
    assert len(pieces) > 1
    assert "".join(pieces).strip() == whole.text


async def test_without_a_chat_template_the_messages_are_written_one_below_the_other(opening: Any) -> None:
    model = opening()
    model._tokenizer.chat_template = None
    completion = await model.complete(HELLO)
    assert completion.prompt_tokens == len(HELLO[0].content.split())


async def test_it_answers_tasks_through_the_ledger(tiny: Path, tmp_path: Path, small_character: Character) -> None:
    ledger = Ledger(tmp_path / "ledger.db")
    backbone = open_backbone(f"hf:{tiny}?max_tokens=12", ledger=ledger, prompts=PromptLibrary())
    task = RespondBlank(speaker="Noor", stimulus="the river")
    answer = await backbone.ask(task)
    assert isinstance(answer, Answer)
    assert (answer.usage.calls, answer.usage.cost) == (1, 0.0)
    assert (await backbone.ask(task)).usage.cached == 1
    with pytest.raises(UnreadableAnswerError):
        await backbone.ask(Reflect(character=small_character, speaker="Noor", stimulus="the river"))
    await backbone.aclose()


async def test_other_weights_under_the_same_name_are_another_model(tiny: Path, opening: Any) -> None:
    before = opening().parameters
    assert opening().parameters == before
    (tiny / "notes.txt").write_text("retrained")
    assert opening().parameters != before


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BackboneNotAvailableError, match=r"cannot be loaded .* check the id or path"):
        open_backbone(f"hf:{tmp_path}/none", ledger=Ledger(tmp_path / "ledger.db"), prompts=PromptLibrary())
