from __future__ import annotations

import asyncio
import io
import json
import os
import resource
import signal
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.backbones.budget import Budget
from simulacra.backbones.ledger import Call, Completion, Ledger
from simulacra.backbones.prices import Prices
from simulacra.errors import BudgetExceededError, LedgerError, UsageError
from simulacra.prompts.library import Message


def a_call(question: str = "Who are you?", **changes: Any) -> Call:
    messages = (Message(role="system", content="You are Ilse. " * 400), Message(role="user", content=question))
    call = Call(
        backbone="openai:gpt-4o-mini",
        endpoint="http://localhost/v1",
        agent="thinking",
        task="think",
        version="1-abc",
        character="ilse-verhaegen",
        messages=messages,
        schema='{"type": "object"}',
        parameters={"temperature": 0.5},
    )
    return replace(call, **changes)


class Model:
    """Counts how often it is asked."""

    def __init__(self, *, seconds: float = 0.0, error: Exception | None = None) -> None:
        self.asked = 0
        self._seconds = seconds
        self._error = error

    async def __call__(self) -> Completion:
        self.asked += 1
        await asyncio.sleep(self._seconds)
        if self._error is not None:
            raise self._error
        return Completion(f"answer {self.asked}", prompt_tokens=1000, completion_tokens=100)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "ledger.db"


# ---------------------------------------------------------------- asked once


async def test_a_recorded_call_is_not_asked_again(path: Path) -> None:
    ledger, model = Ledger(path), Model()
    first = await ledger.once(a_call(), model)
    second = await ledger.once(a_call(), model)
    assert model.asked == 1
    assert first.completion == second.completion
    assert (first.usage.calls, first.usage.cached) == (1, 0)
    assert (second.usage.calls, second.usage.cached, second.usage.cost) == (0, 1, 0.0)


async def test_what_was_recorded_outlives_the_ledger_object(path: Path) -> None:
    ledger = Ledger(path)
    await ledger.once(a_call(), Model())
    ledger.close()
    model = Model()
    assert (await Ledger(path).once(a_call(), model)).completion.text == "answer 1"
    assert model.asked == 0


async def test_a_thousand_identical_calls_at_once_are_one_request(path: Path) -> None:
    ledger, model = Ledger(path), Model(seconds=0.01)
    answers = await asyncio.gather(*(ledger.once(a_call(), model) for _ in range(1000)))
    assert model.asked == 1
    assert {each.completion.text for each in answers} == {"answer 1"}
    assert sum(each.usage.calls for each in answers) == 1
    assert sum(each.usage.cached for each in answers) == 999


async def test_a_failed_call_fails_for_all_who_wait_and_can_be_asked_again(path: Path) -> None:
    ledger, broken = Ledger(path), Model(seconds=0.01, error=ValueError("broken"))
    outcomes = await asyncio.gather(*(ledger.once(a_call(), broken) for _ in range(5)), return_exceptions=True)
    assert broken.asked == 1
    assert all(isinstance(each, ValueError) for each in outcomes)
    assert (await ledger.once(a_call(), Model())).completion.text == "answer 1"


async def test_a_call_that_nobody_waits_for_any_longer_is_recorded_all_the_same(path: Path) -> None:
    ledger, model = Ledger(path), Model(seconds=0.05)
    waiting = asyncio.create_task(ledger.once(a_call(), model))
    await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert (await ledger.once(a_call(), model)).completion.text == "answer 1"
    assert model.asked == 1


async def test_the_answer_is_on_file_before_the_asker_has_it(path: Path) -> None:
    ledger = Ledger(path)
    await ledger.once(a_call(), Model())
    assert Ledger(path, replay=True).recorded(a_call())


async def test_another_sample_is_asked_anew(path: Path) -> None:
    ledger, model = Ledger(path), Model()
    texts = [(await ledger.once(a_call(sample=sample), model)).completion.text for sample in (0, 1, 2, 1)]
    assert texts == ["answer 1", "answer 2", "answer 3", "answer 2"]


async def test_the_first_of_two_processes_wins(path: Path) -> None:
    """Two ledger objects on one file know as little of each other as two processes do."""
    ours, theirs = Ledger(path), Ledger(path)
    answers = await asyncio.gather(
        ours.once(a_call(), Model(seconds=0.03)), theirs.once(a_call(sample=1), Model()), theirs.once(a_call(), Model())
    )
    assert answers[0].completion == answers[2].completion
    assert sum(tally.calls for tally in ours.stats(())) == 2


KEYED = {
    "backbone": "openai:other",
    "endpoint": "http://elsewhere/v1",
    "schema": "",
    "parameters": {"temperature": 0.6},
    "sample": 7,
    "messages": (Message(role="user", content="Who are you?"),),
}
NOT_KEYED = {"agent": "top", "task": "feel", "version": "2-def", "character": "noor", "answer_tokens": 5}


@pytest.mark.parametrize(("name", "value"), KEYED.items())
def test_the_key_depends_on(name: str, value: Any) -> None:
    assert a_call(**{name: value}).key != a_call().key


@pytest.mark.parametrize(("name", "value"), NOT_KEYED.items())
def test_the_key_does_not_depend_on(name: str, value: Any) -> None:
    assert a_call(**{name: value}).key == a_call().key


def test_every_field_of_a_call_is_in_or_out_of_the_key_on_purpose() -> None:
    assert {field.name for field in fields(Call)} == KEYED.keys() | NOT_KEYED.keys()


messages = st.lists(st.builds(Message, role=st.sampled_from(["system", "user", "assistant"]), content=st.text()))


@given(messages, messages)
def test_other_messages_have_another_key(one: list[Message], other: list[Message]) -> None:
    keys = a_call(messages=tuple(one)).key, a_call(messages=tuple(other)).key
    assert (keys[0] == keys[1]) == (one == other)


@given(st.dictionaries(st.text(), st.floats(allow_nan=False) | st.text()))
def test_the_order_of_parameters_does_not_matter(parameters: dict[str, Any]) -> None:
    backwards = dict(reversed(parameters.items()))
    assert a_call(parameters=parameters).key == a_call(parameters=backwards).key


# ---------------------------------------------------------------- killed and resumed

KILLED = """
import asyncio, sys
from pathlib import Path
from simulacra.backbones.ledger import Call, Completion, Ledger
from simulacra.prompts.library import Message

async def main():
    ledger = Ledger(Path(sys.argv[1]))
    async def one(number):
        async def ask():
            await asyncio.sleep(0.001 * (number % 7))
            print("asked", number, flush=True)
            return Completion(f"answer {number}")
        call = Call(backbone="x", agent="top", task="t", version="1", character="c",
                    messages=(Message(role="user", content=str(number)),))
        await ledger.once(call, ask)
        print("recorded", number, flush=True)
    for start in range(0, 2000, 20):
        await asyncio.gather(*(one(number) for number in range(start, start + 20)))
    print("done", flush=True)

asyncio.run(main())
"""


def test_after_kill_nine_no_recorded_call_is_asked_again(path: Path) -> None:
    script = [sys.executable, "-c", KILLED, str(path)]
    with subprocess.Popen(script, stdout=subprocess.PIPE, text=True) as killed:
        assert killed.stdout is not None
        lines = []
        for line in killed.stdout:
            lines.append(line)
            if len(lines) == 333:
                os.kill(killed.pid, signal.SIGKILL)
    recorded = {line.split()[1] for line in lines if line.startswith("recorded") and line.endswith("\n")}
    resumed = subprocess.run(script, capture_output=True, text=True, check=True).stdout.splitlines()
    asked_again = {line.split()[1] for line in resumed if line.startswith("asked")}
    assert recorded
    assert "done" in resumed
    assert recorded.isdisjoint(asked_again)


def test_processes_that_begin_together_share_one_ledger(path: Path) -> None:
    script = [sys.executable, "-c", KILLED, str(path)]
    together = [subprocess.Popen(script, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(3)]
    errors = [process.communicate()[1].decode() for process in together]
    assert [process.returncode for process in together] == [0, 0, 0], errors
    assert Ledger(path).stats(())[0].calls == 2000


# ---------------------------------------------------------------- budget


async def test_the_budget_of_calls_is_kept_though_all_come_at_once(path: Path) -> None:
    ledger, model = Ledger(path, budget=Budget(max_calls=10)), Model(seconds=0.01)
    outcomes = await asyncio.gather(
        *(ledger.once(a_call(sample=sample), model) for sample in range(50)), return_exceptions=True
    )
    refused = [each for each in outcomes if isinstance(each, BudgetExceededError)]
    assert model.asked == 10
    assert len(refused) == 40
    assert "budget of 10 calls is spent" in str(refused[0])


async def test_a_spent_budget_still_gives_what_is_recorded_and_the_next_run_goes_on(path: Path) -> None:
    ledger, model = Ledger(path, budget=Budget(max_calls=2)), Model()
    for sample in range(2):
        await ledger.once(a_call(sample=sample), model)
    assert (await ledger.once(a_call(sample=1), model)).completion.text == "answer 2"
    with pytest.raises(BudgetExceededError):
        await ledger.once(a_call(sample=2), model)
    again = Ledger(path, budget=Budget(max_calls=2))
    for sample in range(4):
        await again.once(a_call(sample=sample), model)
    assert model.asked == 4


async def test_a_failed_call_gives_its_place_back(path: Path) -> None:
    ledger = Ledger(path, budget=Budget(max_calls=1))
    with pytest.raises(ValueError, match="broken"):
        await ledger.once(a_call(), Model(error=ValueError("broken")))
    assert (await ledger.once(a_call(), Model())).fresh


async def test_the_budget_in_money_stops_before_it_is_overspent(path: Path) -> None:
    # gpt-4o-mini: a call of the model above costs 1000 * 0.15 / 1e6 + 100 * 0.60 / 1e6 = $0.00021
    ledger, model = Ledger(path, budget=Budget(max_cost=0.001)), Model()
    with pytest.raises(BudgetExceededError, match=r"budget of \$0.001 is spent: \$0.000[6-9]"):
        for sample in range(50):
            await ledger.once(a_call(sample=sample), model)
    spent = ledger.stats(())[0].cost
    assert 0.0005 < spent <= 0.001
    assert spent == pytest.approx(model.asked * 0.00021)


async def test_a_budget_in_money_needs_a_price(path: Path) -> None:
    ledger, model = Ledger(path, budget=Budget(max_cost=1.0)), Model()
    with pytest.raises(BudgetExceededError, match=r'openai:nobody-knows has no price.*Add \["openai:nobody-knows"\]'):
        await ledger.once(a_call(backbone="openai:nobody-knows"), model)
    assert model.asked == 0


@pytest.mark.parametrize("limits", [{"max_calls": -1}, {"max_cost": -0.1}, {"max_cost": float("nan")}])
def test_a_budget_below_zero_cannot_be(limits: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="cannot be"):
        Budget(**limits)


# ---------------------------------------------------------------- prices


def test_the_users_prices_go_before_ours(tmp_path: Path) -> None:
    own = tmp_path / "prices.toml"
    own.write_text('["openai:gpt-4o-mini"]\ninput = 1\noutput = 2\n["openai:mine"]\ninput = 3\noutput = 4\n')
    prices = Prices.load(own)
    assert prices.cost("openai:gpt-4o-mini", 1_000_000, 0) == 1.0
    assert prices.cost("openai:mine", 0, 1_000_000) == 4.0
    assert prices.cost("openai:gpt-4o", 1_000_000, 0) == Prices.load().cost("openai:gpt-4o", 1_000_000, 0)


def test_a_dated_snapshot_costs_what_its_model_costs() -> None:
    prices = Prices.load()
    assert prices.cost("openai:gpt-4o-mini-2024-07-18", 1000, 10) == prices.cost("openai:gpt-4o-mini", 1000, 10)
    assert prices.cost("openai:gpt-4o-unheard-of", 1000, 10) is None


def test_what_runs_on_own_machines_costs_nothing() -> None:
    assert Prices.load().cost("vllm:mara", 1_000_000, 1_000_000) == 0.0


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("input = ", "could not be read"),
        ('["openai:x"]\ninput = "much"\noutput = 1', r"wrong at openai:x\.input"),
        ('["openai:x"]\ninput = -1\noutput = 1', r"wrong at openai:x\.input"),
        ('["openai:x"]\ninput = 1', r"wrong at openai:x\.output"),
    ],
)
def test_a_price_table_that_cannot_be_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    own = tmp_path / "prices.toml"
    own.write_text(text)
    with pytest.raises(LedgerError, match=complaint):
        Prices.load(own)


# ---------------------------------------------------------------- reading the ledger


async def test_stats_add_up_by_column(path: Path) -> None:
    ledger, model = Ledger(path), Model()
    for sample, character in enumerate(("ilse-verhaegen", "ilse-verhaegen", "noor")):
        await ledger.once(a_call(sample=sample, character=character), model)
    await ledger.once(a_call("Unpriced?", backbone="openai:nobody-knows", character="noor"), model)
    by_character = {tally.group["character"]: tally for tally in ledger.stats(("character",))}
    assert {name: tally.calls for name, tally in by_character.items()} == {"ilse-verhaegen": 2, "noor": 2}
    assert by_character["ilse-verhaegen"].cost == pytest.approx(2 * 0.00021)
    assert (by_character["noor"].unpriced, by_character["noor"].prompt_tokens) == (1, 2000)
    assert len(ledger.stats()) == 3
    with pytest.raises(UsageError, match="cannot be grouped by 'colour'"):
        ledger.stats(("colour",))


def test_an_empty_ledger_has_no_stats(path: Path) -> None:
    assert Ledger(path).stats() == []
    assert Ledger(path).stats(()) == []


async def test_show_gives_the_whole_entry(path: Path) -> None:
    ledger, call = Ledger(path), a_call()
    await ledger.once(call, Model())
    entry = ledger.show(call.key[:10])
    assert entry.messages == call.messages
    assert (entry.answer, entry.character, entry.task, entry.version) == (
        "answer 1",
        "ilse-verhaegen",
        "think",
        "1-abc",
    )
    assert entry.schema == {"type": "object"}
    assert entry.parameters == {"temperature": 0.5}


async def test_show_wants_one_entry(path: Path) -> None:
    ledger = Ledger(path)
    for sample in range(2):
        await ledger.once(a_call(sample=sample), Model())
    with pytest.raises(LedgerError, match="No entry"):
        ledger.show("zz")
    with pytest.raises(LedgerError, match="More than one"):
        ledger.show("")


async def test_export_writes_a_line_of_json_for_each_entry(path: Path) -> None:
    ledger = Ledger(path)
    for sample in range(3):
        await ledger.once(a_call("Café?", sample=sample), Model())
    target = io.StringIO()
    assert ledger.export(target) == 3
    lines = [json.loads(line) for line in target.getvalue().splitlines()]
    assert [line["sample"] for line in lines] == [0, 1, 2]
    assert lines[0]["messages"][1] == {"role": "user", "content": "Café?"}


async def test_a_message_that_many_calls_share_is_kept_once(path: Path) -> None:
    ledger = Ledger(path)
    for number in range(200):
        await ledger.once(a_call(f"Question {number}?"), Model())
    ledger.close()
    assert path.stat().st_size < 200 * len(a_call().messages[0].content) / 4


# ---------------------------------------------------------------- replay


async def test_replay_answers_from_the_record_and_never_asks(path: Path) -> None:
    ledger = Ledger(path)
    await ledger.once(a_call(), Model())
    ledger.close()
    replay, model = Ledger(path, replay=True), Model()
    assert (await replay.once(a_call(), model)).completion.text == "answer 1"
    with pytest.raises(LedgerError, match=r"has no answer of openai:gpt-4o-mini to 'think' for ilse-verhaegen.*replay"):
        await replay.once(a_call(sample=1), model)
    assert model.asked == 0


def test_there_must_be_something_to_replay(path: Path) -> None:
    with pytest.raises(LedgerError, match=r"no ledger .* to replay"):
        Ledger(path, replay=True)
    assert not path.parent.exists()


# ---------------------------------------------------------------- faults


def test_a_file_that_is_no_ledger_is_named_and_left_alone(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(LedgerError, match=r"ledger\.db is damaged .* move it away"):
        Ledger(path)
    assert path.read_bytes().startswith(b"not a database")


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match="could not be opened"):
        Ledger(tmp_path / "file" / "ledger.db")


def test_a_ledger_of_the_future_is_not_touched(path: Path) -> None:
    import sqlite3

    path.parent.mkdir(parents=True)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(LedgerError, match="newer simulacra"):
        Ledger(path)


async def test_a_full_disk_is_one_plain_error_and_loses_nothing(path: Path) -> None:
    ledger = Ledger(path)
    await ledger.once(a_call(), Model())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.with_name("ledger.db-wal").stat().st_size, hard))
    try:
        with pytest.raises(LedgerError, match=r"could not be written .* disk has room"):
            await ledger.once(a_call("Something new?"), Model())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert ledger.recorded(a_call())
    assert (await ledger.once(a_call("Something new?"), Model())).fresh
