"""A saved conversation goes on in the next process; run this twice.

python examples/a_conversation_that_lasts.py
"""

from __future__ import annotations

import asyncio

from simulacra import Delta, Phase, Simulacrum, Turn


async def main() -> None:
    mara = Simulacrum.load("mara-lindqvist")
    session = mara.session("example")
    async for event in session.stream("My name is Sam, and I have a boat in Slite.", speaker="Sam"):
        match event:
            case Phase(name=name, state="started"):
                print(f"[{name}]", end=" ", flush=True)
            case Delta(text=text):
                print(text, end="", flush=True)
            case Turn(number=number):
                print(f"\n(turn {number} of this conversation)")


asyncio.run(main())
