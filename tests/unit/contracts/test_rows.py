"""Records as rows of a table, and back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrt_pipeline.contracts.rows import columns_of, from_row, to_row


@dataclass(frozen=True, slots=True)
class Measured:
    name: str
    number: int
    height_m: float
    codes: tuple[str, ...]
    note: str | None
    opened: date | None


@dataclass(frozen=True, slots=True)
class Unrecordable:
    inner: dict[str, str]


WORDS = st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1)


@given(
    st.builds(
        Measured,
        name=st.text(),
        number=st.integers(),
        height_m=st.floats(allow_nan=False),
        codes=st.lists(WORDS).map(tuple),
        note=st.none() | st.text(min_size=1),
        opened=st.none() | st.dates(),
    )
)
def test_a_record_read_from_its_row_is_the_same(record: Measured) -> None:
    assert from_row(Measured, to_row(record)) == record


def test_the_columns_are_the_fields_in_their_order() -> None:
    assert columns_of(Measured) == ["name", "number", "height_m", "codes", "note", "opened"]


def test_a_cell_of_another_type_is_refused() -> None:
    row = {"name": "a", "number": "many", "height_m": "1", "codes": "", "note": "", "opened": ""}
    with pytest.raises(ValueError, match="many"):
        from_row(Measured, row)


def test_a_type_without_a_spelling_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot be recorded"):
        columns_of(Unrecordable)


def test_equal_texts_of_a_table_are_one_object() -> None:
    row = {
        "name": "New Upper Road",
        "number": "1",
        "height_m": "1",
        "codes": "NS13 NS17",
        "note": "",
        "opened": "",
    }
    again = {name: cell.encode().decode() for name, cell in row.items()}
    assert again["name"] is not row["name"]
    one, other = from_row(Measured, row), from_row(Measured, again)
    assert one.name is other.name
    assert all(code is same for code, same in zip(one.codes, other.codes, strict=True))
