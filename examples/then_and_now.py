"""The same person at two points of their life: what comes later does not exist for the earlier one.

python examples/then_and_now.py
"""

from __future__ import annotations

from simulacra import Simulacrum

jide = Simulacrum.load("jide-akinwale")
boy = jide.at("childhood")

for name, person in (("then", boy), ("now", jide)):
    profile = person.character.profile
    print(
        f"{name}: {profile.given_name}, {profile.age}, {profile.occupation}; "
        f"knows {len(person.character.people)} people"
    )
    print(f"  who is your girlfriend?  {person.chat('Who is your girlfriend?').reply}")
    for found in person.memory.search("a phone that was dead and came on again", k=2):
        print(f"  remembers ({found.memory.stage}): {found.memory.summary}")
    print()
