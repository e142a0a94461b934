"""A budget that is spent in the middle of a build."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from simulacra import Simulacrum
from simulacra.backbones.budget import Budget
from simulacra.cli.app import app
from simulacra.errors import BudgetExceededError
from simulacra.mind.home import Home
from tests.faults.conftest import ILSE, command, is_one_sentence
from tests.support.openai_double import OpenAIDouble

BUILD = ("memory", "build", ILSE, "--backbone", "openai:m")
CALLS = 16


def _not_asked_twice(endpoint: OpenAIDouble) -> bool:
    asked = [json.dumps(body, sort_keys=True) for body in endpoint.bodies]
    return len(set(asked)) == len(asked)


@pytest.fixture
def price(home: Path) -> None:
    """A thousand dollars for a million tokens, in or out."""
    (home / "prices.toml").write_text('["openai:m"]\ninput = 1000\noutput = 1000\n', encoding="utf-8")


async def _built_with(home: Path, budget: Budget) -> None:
    """Build in this process as in one of its own: the data folder is opened anew, and what was begun is ended."""
    Home.at(home).close()
    place = Home.at(home)
    place.budget = budget
    try:
        await Simulacrum.load(ILSE, backbone="openai:m", home=home).memory.abuild(progress=False)
    finally:
        while place.ledger._in_flight:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("first", [1, 7, 15])
async def test_a_spent_budget_of_calls_is_kept_to_the_call_and_nothing_is_asked_twice(
    home: Path, endpoint: OpenAIDouble, first: int
) -> None:
    with pytest.raises(BudgetExceededError, match="--max-calls"):
        await _built_with(home, Budget(max_calls=first))
    assert len(endpoint.bodies) == first
    await _built_with(home, Budget(max_calls=CALLS - first))
    assert len(endpoint.bodies) == CALLS
    assert _not_asked_twice(endpoint)


async def test_a_spent_budget_of_money_is_never_overdrawn(home: Path, endpoint: OpenAIDouble, price: None) -> None:
    spent = []
    for _ in range(40):
        try:
            await _built_with(home, Budget(max_cost=3.0))
            break
        except BudgetExceededError as error:
            assert is_one_sentence(str(error))
            spent.append(Home.at(home).ledger.stats(["backbone"])[0].cost)
    assert spent, "the budget was never spent"
    assert all(later - earlier <= 3.0 for earlier, later in zip([0.0, *spent], spent, strict=False))
    assert _not_asked_twice(endpoint)
    assert len(endpoint.bodies) == CALLS


@pytest.mark.slow
async def test_the_command_stops_with_a_sentence_and_goes_on_with_more(
    home: Path, endpoint: OpenAIDouble, price: None
) -> None:
    endpoint.latency = 0.05
    stopped = await asyncio.to_thread(command, *BUILD, "--max-cost", "3")
    assert (stopped.returncode, stopped.stdout) == (1, "")
    assert is_one_sentence(stopped.stderr)
    assert "raise --max-cost and run the same thing again" in stopped.stderr
    asked = len(endpoint.bodies)
    assert 0 < asked < CALLS
    gone_on = await asyncio.to_thread(command, *BUILD, "--max-cost", "1000")
    assert gone_on.returncode == 0, gone_on.stderr
    assert len(endpoint.bodies) == CALLS
    assert _not_asked_twice(endpoint)


async def test_a_budget_that_is_spent_in_a_conversation_loses_no_turn(home: Path, endpoint: OpenAIDouble) -> None:
    talk = ("chat", ILSE, "--mind", "prompt", "--backbone", "openai:m", "--max-calls", "2")
    said = ("--say", "One", "--say", "Two", "--say", "Three")
    stopped = await asyncio.to_thread(CliRunner().invoke, app, [*talk, *said])
    assert stopped.exit_code == 1
    assert len(stopped.stdout.splitlines()) == 2
    assert is_one_sentence(stopped.stderr)
    turns = Simulacrum.load(ILSE, mind="prompt").session("main").turns
    assert [turn.reply for turn in turns] == stopped.stdout.splitlines()
