"""Arguments and options that several commands have, and the home folder that they lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from simulacra.mind.home import Home

Name = Annotated[str, typer.Argument(help="A character's name, or the path of its folder.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON lines.")]
BackboneSpec = Annotated[
    str | None,
    typer.Option(
        "--backbone",
        help="Who answers: reflex, openai:MODEL, vllm:MODEL@URL, hf:ID_OR_PATH, or one a role (top=SPEC,...). "
        "Default: SIMULACRA_BACKBONE, else reflex.",
        show_default=False,
    ),
]
MaxCost = Annotated[
    float | None, typer.Option(help="Stop before new calls cost more than so many US dollars.", show_default=False)
]
MaxCalls = Annotated[int | None, typer.Option(help="Stop before more than so many new calls.", show_default=False)]
Sample = Annotated[
    int, typer.Option(min=0, help="The number of the repeat: another number asks again what the ledger has answered.")
]


def home_of(ctx: typer.Context, max_cost: float | None = None, max_calls: int | None = None) -> Home:
    """The home folder that the command works in, with its budget."""
    from simulacra.mind.home import Home

    home = Home.at(ctx.obj)
    if max_cost is not None or max_calls is not None:
        from simulacra.backbones.budget import Budget

        home.budget = Budget(max_cost=max_cost, max_calls=max_calls)
    return home
