"""What is wrong with a file is described in the program's words, whatever library found it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

import orjson
import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from mrt_pipeline.runtime.file_faults import describe_fault


class _Mode(StrEnum):
    LIVE = "live"
    SNAPSHOT = "snapshot"


class _Inner(BaseModel):
    model_config = ConfigDict(frozen=True)
    document: str


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")
    inner: _Inner | None = None
    evidence: dict[str, tuple[_Inner, ...]] = {}
    names: tuple[str, ...] = ()
    number: int = 0
    share: Annotated[float, Field(ge=0, le=1)] = 0
    above: Annotated[float, Field(gt=0)] = 1
    is_open: bool = True
    day: date | None = None
    moment: datetime | None = None
    mode: _Mode = _Mode.LIVE
    version: Literal["1"] = "1"
    code: Annotated[str, Field(pattern="^[A-Z]+$")] = "A"
    least: Annotated[tuple[str, ...], Field(min_length=1)] = ("a",)

    @field_validator("number")
    @classmethod
    def _refuse_13(cls, number: int) -> int:
        if number == 13:
            raise ValueError("13 is unlucky")
        return number


def _fault_of(plain: Any) -> str:
    with pytest.raises(ValidationError) as caught:
        _Record.model_validate(plain)
    return describe_fault(caught.value)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "the file is empty, or is not UTF-8"),
        (b"\xff", "the file is empty, or is not UTF-8"),
        (b'{"a":', "the file ends unexpectedly at line 1, column 6"),
        (b'{"a":\n x}', "the file is not valid JSON at line 2, column 2"),
    ],
)
def test_a_file_that_is_not_json_is_described_by_where_it_ends_to_be_so(content: bytes, fault: str) -> None:
    with pytest.raises(orjson.JSONDecodeError) as caught:
        orjson.loads(content)
    assert describe_fault(caught.value) == fault


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "the file is empty, or is not UTF-8"),
        (b'{"inner":', "the file ends unexpectedly at line 1, column 10"),
        (b'{"inner":\n x}', "the file is not valid JSON at line 2, column 2"),
        (b'{"code": "A", "code": nan}', "the file is not valid JSON at line 1, column 23"),
    ],
)
def test_a_record_that_is_not_json_is_described_likewise(content: bytes, fault: str) -> None:
    with pytest.raises(ValidationError) as caught:
        _Record.model_validate_json(content)
    assert describe_fault(caught.value) == fault


def test_what_only_validation_refuses_as_json_is_described_without_a_place() -> None:
    with pytest.raises(ValidationError) as caught:
        _Record.model_validate_json(b'{"names": ' + b"[" * 500 + b"]" * 500 + b"}")
    assert describe_fault(caught.value) == "the file is not valid JSON"


@pytest.mark.parametrize(
    ("plain", "fault"),
    [
        (7, "expected a JSON object"),
        ({"inner": 7}, "inner: expected a JSON object"),
        ({"inner": {}}, "inner.document is missing"),
        ({"colour": 7}, "colour is not a known field"),
        ({"evidence": {"record": [9999]}}, "evidence.record points to reason 9999, which does not exist"),
        ({"evidence": {"record": ["no"]}}, "evidence.record.0: expected a JSON object"),
        ({"names": 7}, "names: expected a list"),
        ({"names": [7]}, "names.0: expected text"),
        ({"number": "x"}, "number: expected a whole number"),
        ({"number": 0.5}, "number: expected a whole number"),
        ({"number": 13}, "number: 13 is unlucky"),
        ({"share": "x"}, "share: expected a number"),
        ({"share": -1}, "share: expected 0.0 or more"),
        ({"share": 2}, "share: expected at most 1.0"),
        ({"above": 0}, "above: expected more than 0.0"),
        ({"is_open": "x"}, "is_open: expected true or false"),
        ({"day": "x"}, "day: expected a date"),
        ({"moment": "x"}, "moment: expected a time"),
        ({"mode": "x"}, "mode: expected 'live' or 'snapshot'"),
        ({"version": "2"}, "version: expected '1'"),
        ({"code": "a"}, "code: expected text of the form ^[A-Z]+$"),
        ({"least": []}, "least: expected another value"),
    ],
)
def test_a_record_of_another_form_is_described_by_its_first_fault(plain: Any, fault: str) -> None:
    assert _fault_of(plain) == fault


def test_a_long_name_is_cut() -> None:
    assert len(_fault_of({"x" * 1000: 1})) < 250
