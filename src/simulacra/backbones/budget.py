"""The hard budget: what may be spent on new calls, and what has been."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from simulacra.backbones.call import Call
from simulacra.backbones.prices import Prices
from simulacra.errors import BudgetExceededError, UsageError


@dataclass(frozen=True, slots=True)
class Budget:
    """What one run may spend: counted from the opening of the ledger; recorded calls are free.

    Attributes:
        max_cost: In US dollars; None for no limit.
        max_calls: New calls; None for no limit.

    Raises:
        UsageError: A limit is below zero.
    """

    max_cost: float | None = None
    max_calls: int | None = None

    def __post_init__(self) -> None:
        for limit in (self.max_cost, self.max_calls):
            if limit is not None and not limit >= 0:
                raise UsageError(f"A budget of {limit} cannot be: give zero or more, or leave the limit out.")


class Account:
    """What has been spent of a budget. Calls in flight count as spent, at their estimated price, so that many calls at
    once cannot overshoot.
    """

    def __init__(self, budget: Budget, prices: Prices) -> None:
        self._budget = budget
        self._prices = prices
        self._calls = 0
        self._cost = 0.0

    @contextmanager
    def reserving(self, call: Call) -> Iterator[None]:
        """Hold a place in the budget for a call; give it back if the call fails.

        Raises:
            BudgetExceededError: There is no place left, or the model has no price and the budget is in money.
        """
        reserved = self._admit(call)
        self._calls += 1
        self._cost += reserved
        try:
            yield
        except BaseException:
            self._calls -= 1
            raise
        finally:
            self._cost -= reserved

    def charge(self, cost: float | None) -> None:
        """Book what a call really cost."""
        self._cost += cost or 0.0

    def _admit(self, call: Call) -> float:
        if self._budget.max_calls is not None and self._calls >= self._budget.max_calls:
            raise BudgetExceededError(
                f"The budget of {self._budget.max_calls} calls is spent. Every answer so far is recorded: raise "
                "--max-calls and run the same thing again to go on from here."
            )
        if self._budget.max_cost is None:
            return 0.0
        expected = self._prices.cost(call.backbone, call.prompt_tokens, call.answer_tokens)
        if expected is None:
            raise BudgetExceededError(
                f"{call.backbone} has no price, so a budget in money cannot be kept. "
                + self._prices.how_to_add(call.backbone)
            )
        if self._cost + expected > self._budget.max_cost:
            raise BudgetExceededError(
                f"The budget of ${self._budget.max_cost:g} is spent: ${self._cost:.4f} on {self._calls} calls, those "
                f"in flight included, and the next needs about ${expected:.4f}. Every answer so far is recorded: "
                "raise --max-cost and run the same thing again to go on from here."
            )
        return expected
