"""``simulacra doctor``: checks what the library stands on, and says how to mend each."""

from __future__ import annotations

import typer

from simulacra.cli.options import AsJson, BackboneSpec, home_of
from simulacra.cli.output import plain, print_json, screen

_STYLES = {"ok": "green", "warn": "yellow", "fail": "red"}


def doctor(ctx: typer.Context, backbone: BackboneSpec = None, json: AsJson = False) -> None:
    """Check backbone, embedder, store and disk, and say how to mend each."""
    from rich.text import Text

    from simulacra.cli.checks import checks

    failed = False
    console = screen()
    for finding in checks(home_of(ctx), backbone):
        failed = failed or finding.state == "fail"
        if json:
            print_json(finding.model_dump(mode="json"))
            continue
        line = Text(f"{finding.state:<5}", style=_STYLES[finding.state])
        line.append(f"{finding.what:<12}", style="bold").append(plain(finding.says), style="default")
        console.print(line, soft_wrap=True)
        if finding.remedy:
            console.print(f"{'':17}{plain(finding.remedy)}", style="dim", soft_wrap=True)
    if failed:
        raise typer.Exit(1)
