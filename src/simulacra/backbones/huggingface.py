"""Language models in this process: ``hf:ID_OR_PATH``, by transformers.

One answer is generated at a time, in a thread of its own, so that the event loop goes on meanwhile. Many simulacra at
once are a matter for a server (``vllm:``), which answers them in batches.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pydantic import Field

from simulacra.backbones.call import Completion
from simulacra.backbones.chat_model import ChatModel, with_schema_in_prompt
from simulacra.backbones.schema import Schema
from simulacra.backbones.spec import Spec, wrong_spec
from simulacra.domain.value import Value
from simulacra.errors import BackboneNotAvailableError, GenerationError
from simulacra.prompts.library import Message


class Settings(Value):
    """Parameters of a model in this process.

    Attributes:
        temperature: 0 takes the likeliest token each time; above it tokens are drawn, seeded by the sample number.
        top_p: Draw from the likeliest tokens that have this probability together.
        max_tokens: The longest answer.
        device: As torch names it; "auto" takes an accelerator where there is one.
    """

    temperature: float = Field(default=0.0, ge=0)
    top_p: float = Field(default=1.0, gt=0, le=1)
    max_tokens: int = Field(default=512, ge=1)
    device: str = "auto"


class HuggingFaceChatModel(ChatModel):
    """A transformers model. Belongs to one event loop.

    Args:
        spec: As the user named it.
        model: A causal language model.
        tokenizer: Its tokenizer; without a chat template the messages are written one below the other.
        settings: The parameters.
        revision: What tells these weights from others of the same name.
    """

    def __init__(self, spec: Spec, model: Any, tokenizer: Any, settings: Settings, revision: str) -> None:
        self.spec = spec.text
        self.name = f"{spec.kind}:{spec.model}"
        self.parameters = {"revision": revision, **settings.model_dump(exclude={"device"})}
        self._model = model
        self._tokenizer = tokenizer
        self._settings = settings
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="simulacra-hf")

    async def complete(
        self, messages: Sequence[Message], schema: Schema | None = None, *, sample: int = 0
    ) -> Completion:
        if schema is not None:
            messages = with_schema_in_prompt(messages, schema)
        stop = threading.Event()
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._worker, self._generate, messages, sample, stop
            )
        finally:
            stop.set()

    async def stream(self, messages: Sequence[Message], *, sample: int = 0) -> AsyncIterator[str | Completion]:
        from transformers import AsyncTextIteratorStreamer

        streamer = AsyncTextIteratorStreamer(self._tokenizer, skip_prompt=True, skip_special_tokens=True)
        stop = threading.Event()
        running = asyncio.get_running_loop().run_in_executor(
            self._worker, self._generate, messages, sample, stop, streamer
        )
        try:
            async for piece in streamer:
                if piece:
                    yield piece
            yield await running
        finally:
            stop.set()

    async def aclose(self) -> None:
        self._worker.shutdown(wait=False, cancel_futures=True)
        self._model = None

    def _generate(
        self, messages: Sequence[Message], sample: int, stop: threading.Event, streamer: Any = None
    ) -> Completion:
        import torch

        try:
            inputs = self._inputs(messages).to(self._model.device)
            with torch.inference_mode(), torch.random.fork_rng():
                torch.manual_seed(sample)
                output = self._model.generate(
                    **inputs,
                    **self._sampling(),
                    streamer=streamer,
                    stopping_criteria=[lambda *_args, **_kwargs: stop.is_set()],
                    pad_token_id=self._tokenizer.pad_token_id or self._tokenizer.eos_token_id,
                )
        except Exception as error:
            if streamer is not None:
                streamer.end()
            raise GenerationError(f"{self.spec} failed while generating ({type(error).__name__}: {error}).") from error
        sent = inputs["input_ids"].shape[1]
        answer = output[0, sent:]
        return Completion(
            self._tokenizer.decode(answer, skip_special_tokens=True).strip(),
            sent,
            len(answer),
            "length" if len(answer) >= self._settings.max_tokens else "stop",
        )

    def _inputs(self, messages: Sequence[Message]) -> Any:
        if self._tokenizer.chat_template is None:
            written = "\n\n".join(each.content for each in messages) + "\n\n"
            return self._tokenizer(written, return_tensors="pt", return_token_type_ids=False)
        return self._tokenizer.apply_chat_template(
            [each.model_dump() for each in messages], add_generation_prompt=True, return_dict=True, return_tensors="pt"
        )

    def _sampling(self) -> dict[str, Any]:
        settings = self._settings
        drawn = {"temperature": settings.temperature, "top_p": settings.top_p} if settings.temperature else {}
        return {"max_new_tokens": settings.max_tokens, "do_sample": bool(drawn), **drawn}


def huggingface_model(spec: Spec) -> HuggingFaceChatModel:
    """Load ``hf:ID_OR_PATH``.

    Raises:
        BackboneNotAvailableError: The spec is wrong, the extra is missing, or there is no such model.
    """
    if not spec.model:
        raise wrong_spec(spec.text, "the model's id or path is missing")
    settings = spec.settings(Settings)
    try:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
    except ImportError as error:
        raise BackboneNotAvailableError(
            f"{spec.text} needs transformers and torch: install them with pip install 'simulacra[hf]'."
        ) from error
    accelerator = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        tokenizer = AutoTokenizer.from_pretrained(spec.model)
        model: Any = AutoModelForCausalLM.from_pretrained(spec.model, dtype="auto")
        model = model.to(accelerator if settings.device == "auto" else settings.device).eval()
    except (OSError, ValueError, RuntimeError) as error:
        words = str(error).strip().splitlines()[0][:300]
        raise BackboneNotAvailableError(f"{spec.text} cannot be loaded ({words}): check the id or path.") from error
    return HuggingFaceChatModel(spec, model, tokenizer, settings, _revision(spec.model, model))


def _revision(model_name: str, model: Any) -> str:
    """The commit of a model from a hub; for a folder a hash of its files' names, sizes and times."""
    folder = Path(model_name)
    if not folder.is_dir():
        return str(getattr(model.config, "_commit_hash", None) or "")
    files = sorted((each.name, each.stat().st_size, each.stat().st_mtime_ns) for each in folder.iterdir())
    return hashlib.sha256(repr(files).encode()).hexdigest()[:16]
