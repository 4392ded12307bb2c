from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.cli.printing import align, say
from mrt_pipeline.runtime.safe_text import printable


@given(st.text())
def test_whatever_is_printed_is_printable(text: str) -> None:
    assert printable(text).isprintable()


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=20).filter(str.isprintable))
def test_what_is_printable_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1))
def test_rows_are_one_line_each(rows: list[tuple[str, str]]) -> None:
    lines = list(align(rows))
    assert len(lines) == len(rows)
    assert all(line.isprintable() for line in lines)


def test_cells_stand_below_each_other() -> None:
    assert list(align([("run", "status"), ("20261123_081203", "died")])) == [
        "run              status",
        "20261123_081203  died",
    ]


def test_a_line_break_in_a_line_is_no_line_break(capsys: pytest.CaptureFixture[str]) -> None:
    say("one\ntwo\x1b[2J")
    assert capsys.readouterr().out == "one\\x0atwo\\x1b[2J\n"
