"""What models cost: a small packaged table, and the user's own on top of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError

from simulacra.domain.value import Value
from simulacra.errors import LedgerError

_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$")
_TOKENS_A_PRICE = 1_000_000


class Price(Value):
    """US dollars for a million tokens sent (``input``) and a million tokens received (``output``)."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)


_TABLE = TypeAdapter(dict[str, Price])


@dataclass(frozen=True, slots=True)
class Prices:
    """A price table, by backbone ("openai:gpt-x"); "vllm:*" holds for every model of that kind.

    Attributes:
        table: The prices.
        path: The user's own table, to be named in messages.
    """

    table: Mapping[str, Price]
    path: Path | None = None

    @classmethod
    def load(cls, own: Path | None = None) -> Prices:
        """The packaged prices, with those of the user's file, where there is one, in front of them.

        Args:
            own: The user's ``prices.toml``; it need not exist.

        Raises:
            LedgerError: The file is unreadable or says something that cannot be.
        """
        if own is None or not own.exists():
            return cls(_packaged(), own)
        try:
            table = _TABLE.validate_python(tomllib.loads(own.read_text(encoding="utf-8")))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise LedgerError(f"The price table {own} could not be read: {error}. Mend or remove it.") from error
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise LedgerError(
                f"The price table {own} is wrong at {'.'.join(map(str, first['loc']))}: {first['msg']}. Each entry is "
                '["openai:MODEL"] with input = and output =, in US dollars for a million tokens.'
            ) from error
        return cls({**_packaged(), **table}, own)

    def cost(self, backbone: str, prompt_tokens: int, completion_tokens: int) -> float | None:
        """What a call costs in US dollars; None where the model has no price.

        A dated snapshot ("gpt-x-2026-01-31") costs what its model costs, unless it has a price of its own.
        """
        kind, _, _ = backbone.partition(":")
        price = self.table.get(backbone) or self.table.get(_DATED.sub("", backbone)) or self.table.get(f"{kind}:*")
        if price is None:
            return None
        return (price.input * prompt_tokens + price.output * completion_tokens) / _TOKENS_A_PRICE

    def how_to_add(self, backbone: str) -> str:
        """The next step for a model without a price."""
        where = self.path or "prices.toml in the home folder"
        return (
            f'Add ["{backbone}"] with input = DOLLARS and output = DOLLARS (for a million tokens) to {where}, or limit '
            "the number of calls instead."
        )


@cache
def _packaged() -> dict[str, Price]:
    return _TABLE.validate_python(
        tomllib.loads((files("simulacra.backbones") / "prices.toml").read_text(encoding="utf-8"))
    )
