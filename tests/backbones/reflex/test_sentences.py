from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.backbones.reflex.sentences import sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He ran. She sat.", ["He ran.", "She sat."]),
        ("Mr. Osei came. He sat.", ["Mr. Osei came.", "He sat."]),
        ("J. R. Hartley wrote it. It sold.", ["J. R. Hartley wrote it.", "It sold."]),
        ("It cost 3.5 marks. He paid.", ["It cost 3.5 marks.", "He paid."]),
        ("He waited… Then he left.", ["He waited…", "Then he left."]),
        ("He waited... and left.", ["He waited... and left."]),
        ('"Me? Never!" said Ada. She left.', ['"Me? Never!" said Ada.', "She left."]),
        ('"Go," she said. "Now. Please." He went.', ['"Go," she said. "Now. Please."', "He went."]),
        ("“Is it so?” he asked. Nobody spoke.", ["“Is it so?” he asked.", "Nobody spoke."]),
        ("No full stop", ["No full stop"]),
        ("", []),
    ],
)
def test_cuts_where_a_reader_would(text: str, expected: list[str]) -> None:
    assert list(sentences(text)) == expected


@given(st.text(alphabet=st.sampled_from("aB .!?\"“”'…,é1"), max_size=120))
def test_loses_nothing_but_white_space(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())
