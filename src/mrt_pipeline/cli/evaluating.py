"""``mrt-pipeline evaluate``: how well the rules read pages that a person has read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import orjson

from mrt_pipeline.cli.printing import align, say, say_json, section
from mrt_pipeline.config import PipelineConfig, find_config
from mrt_pipeline.orchestrator.evaluation import (
    FORM_NOT_READ,
    SHEET,
    VALUE_NOT_IN_TEXT,
    Evaluation,
    Fact,
    Score,
    evaluate,
)

MAX_HEADS = 20
_REASONS = {
    FORM_NOT_READ: "no rule found this value on the page",
    VALUE_NOT_IN_TEXT: "the page does not contain these words",
}
"""the reasons that are not those of rejected statements"""


def show_evaluation(folder: Path, config: Path | None, as_of: date | None, *, as_json: bool) -> None:
    """Print what the rules read in the pages in a folder, and what they missed and why."""
    found = evaluate(folder, PipelineConfig(find_config(config)), as_of)
    if as_json:
        say_json(orjson.dumps(found, default=Fact._asdict, option=orjson.OPT_INDENT_2))
    else:
        say(*_describe(found))


def _describe(found: Evaluation) -> Iterator[str]:
    fields = [_row(name, score, is_field=True) for name, score in found.by_field.items()]
    yield from align([("field", "expected", "found", "recall", "wrong", "precision"), *fields])
    kinds = [_row(kind, score, is_field=False) for kind, score in found.by_kind.items() if kind]
    if kinds:
        yield from ("", *align([("kind", "expected", "found", "recall"), *kinds]))
    yield from _section(f"Read from the pages but not in {SHEET}", [tuple(fact) for fact in found.false])
    yield from _section("Not read", [(*miss.fact, _explain(miss.reason)) for miss in found.missed])
    heads = [(head, str(number)) for head, number in list(found.unknown_heads.items())[:MAX_HEADS]]
    yield from _section("Headings and keys not in the vocabulary, and how many values depend on them", heads)


def _explain(reason: str) -> str:
    return f"{reason} ({_REASONS[reason]})" if reason in _REASONS else reason


def _row(name: str, score: Score, *, is_field: bool) -> tuple[str, ...]:
    recall = f"{score.recall:.1%}" if score.expected else "–"
    precision = f"{score.precision:.1%}" if score.read + score.false else "–"
    return (
        name,
        str(score.expected),
        str(score.read),
        recall,
        *((str(score.false), precision) if is_field else ()),
    )


def _section(title: str, rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if rows:
        yield from ("", *section(f"{title}:", align(rows)))
