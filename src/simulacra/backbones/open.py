"""From what a user names to a backbone that answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

from simulacra.backbones.backbone import Backbone
from simulacra.backbones.by_agent import ByAgent
from simulacra.backbones.chat_model import ChatModel
from simulacra.backbones.language import LanguageBackbone
from simulacra.backbones.ledger import Ledger
from simulacra.backbones.spec import Spec, wrong_spec
from simulacra.domain.conversation import Agent
from simulacra.prompts.library import PromptLibrary

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_ROLES = (*get_args(Agent), "default")
_BY_AGENT = re.compile(r"\A\s*\w+=")


def open_backbone(spec: str | Backbone | BaseChatModel, *, ledger: Ledger, prompts: PromptLibrary) -> Backbone:
    """Open a backbone.

    Args:
        spec: One of

            * ``reflex``: rule-based and embedded;
            * ``openai:MODEL[?NAME=VALUE&...]``: any OpenAI-compatible endpoint;
            * ``vllm:MODEL@URL[?...]``: a vLLM server;
            * ``hf:ID_OR_PATH[?...]``: a transformers model in this process;
            * ``top=SPEC,thinking=SPEC,...``: one a role; roles that are not named get ``default=SPEC``, or else the
              first;
            * a LangChain chat model;
            * a backbone, which is returned as it is.
        ledger: Where every call is recorded.
        prompts: What tasks are rendered with.

    Raises:
        BackboneNotAvailableError: The spec cannot be, a key or an extra is missing.
    """
    if isinstance(spec, Backbone):
        return spec
    if not isinstance(spec, str):
        from simulacra.backbones.langchain import LangChainChatModel

        return LanguageBackbone(LangChainChatModel(spec), ledger, prompts)
    if _BY_AGENT.match(spec):
        return _by_agent(spec, ledger, prompts)
    if spec == "reflex":
        from simulacra.backbones.reflex.backbone import ReflexBackbone

        return ReflexBackbone(ledger=ledger, prompts=prompts)
    return LanguageBackbone(_chat_model(Spec.parse(spec)), ledger, prompts)


def _chat_model(spec: Spec) -> ChatModel:
    match spec.kind:
        case "openai":
            from simulacra.backbones.openai import openai_model

            return openai_model(spec)
        case "vllm":
            from simulacra.backbones.openai import vllm_model

            return vllm_model(spec)
        case "hf":
            from simulacra.backbones.huggingface import huggingface_model

            return huggingface_model(spec)
        case "reflex":
            raise wrong_spec(spec.text, "reflex has no model to choose and no parameters")
    raise wrong_spec(spec.text, f"there is no kind {spec.kind!r}")


def _by_agent(text: str, ledger: Ledger, prompts: PromptLibrary) -> Backbone:
    opened: dict[str, Backbone] = {}
    shared: dict[str, Backbone] = {}
    for part in text.split(","):
        role, _, spec = (each.strip() for each in part.partition("="))
        if role not in _ROLES or not spec:
            raise wrong_spec(text, f"{part.strip()!r} is not ROLE=SPEC with one of the roles {', '.join(_ROLES)}")
        if role in opened:
            raise wrong_spec(text, f"the role {role!r} stands twice")
        if spec not in shared:
            shared[spec] = open_backbone(spec, ledger=ledger, prompts=prompts)
        opened[role] = shared[spec]
    default = opened.get("default") or next(iter(opened.values()))
    return ByAgent({agent: opened[agent] for agent in get_args(Agent) if agent in opened}, default)
