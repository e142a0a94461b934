"""One question to the four minds of the paper: none, prompt, rag and macm.

python examples/four_minds.py "Who held the rope?"
"""

from __future__ import annotations

import sys

from simulacra import Simulacrum

question = sys.argv[1] if len(sys.argv) > 1 else "What is your occupation, and who taught you?"

for mind in ("none", "prompt", "rag", "macm"):
    turn = Simulacrum.load("jide-akinwale", mind=mind).chat(question)
    print(f"{mind:>6}  ({turn.counts.asked} asked)  {turn.reply}")
