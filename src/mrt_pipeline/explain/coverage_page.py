"""``docs/coverage.md`` and the tables of the README: what is known, from which sources, and how old it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict

from mrt_pipeline.contracts.counting import age_on, in_days
from mrt_pipeline.contracts.fields import measure_coverage, title_of
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.explain.figures import Figures, count_figures, measure_ages

LAST_TRAINS = "last-trains-contradict"
"""the check whose two sides are one source's times at two stations"""

_HEAD = """\
# Coverage, sources and agreement

The network as of {as_of}, as printed by `mrt-pipeline coverage RUN`. "Unknown" never means "no".

## What is known about {exits} exits
"""
_GIVEN = """\
## Exits with a value, by source

*Stated*: the source says it, or it follows from positions or a station order in the source.
*Premise*: the value was deduced from this source together with others. For the rules, see the documentation
on step-free access (`docs/access.md`).
"""
_AGREEMENTS = """\
## Where two sources agree or contradict each other

Counted per exit and value. Values derived from distances, from the order of stations or by deduction do not
count as agreement.
Contradicted values are published as unknown, except contradictory last-train times, which are published with
low confidence.
"""


def render_coverage(dataset: Stage3Output) -> str:
    """Return the whole page as Markdown; equal datasets give equal pages, whenever made."""
    figures = count_figures(dataset)
    exits = sum(len(station.exits) for station in dataset.stations)
    head = _HEAD.format(as_of=dataset.metadata.as_of, exits=exits)
    parts = (
        head,
        _known(dataset),
        "## How old each source is\n",
        _ages(dataset),
        _GIVEN,
        _table(("field", "source", "stated", "premise"), _given(figures)),
        _AGREEMENTS,
        _table(("field", "sources", "exits agreed", "contradictions"), _agreements(figures)),
        "## Contradictions\n",
        *_contradictions(figures),
    )
    return "\n".join(parts).rstrip("\n") + "\n"


def render_readme(dataset: Stage3Output) -> str:
    """Return the tables for the README: what is known and unknown, and how old each source is."""
    return f"{_known(dataset)}\n{_ages(dataset)}"


def coverage_object(dataset: Stage3Output, *, is_short: bool) -> dict[str, object]:
    """Return the figures of the page as plain data; with ``is_short``, only those in the README."""
    short: dict[str, object] = {
        "as_of": dataset.metadata.as_of,
        "exits": sum(len(station.exits) for station in dataset.stations),
        "known": {
            name: {**it.model_dump(), "unknown": it.unknown}
            for name, it in measure_coverage(dataset.stations).items()
        },
        "sources": [asdict(it) for it in measure_ages(dataset.provenance.values(), dataset.metadata.as_of)],
    }
    if is_short:
        return short
    figures = count_figures(dataset)
    return {
        **short,
        "given": [
            {"field": field, "source": source, **asdict(given)}
            for (field, source), given in figures.given.items()
        ],
        "agreements": [
            {"field": field, "sources": pair, **asdict(found)}
            for (field, pair), found in figures.agreements.items()
        ],
        "contradictions": [
            finding.model_dump(mode="json", exclude_none=True) for finding in figures.contradictions
        ],
    }


def _known(dataset: Stage3Output) -> str:
    rows = (
        (title_of(name), f"{it.filled:,}", f"{it.unknown:,}", f"{it.share:.1%}")
        for name, it in measure_coverage(dataset.stations).items()
    )
    return _table(("field", "known", "unknown", "share known"), rows)


def _ages(dataset: Stage3Output) -> str:
    """Return each source's dates, the source read longest ago first."""
    rows, as_of = [], dataset.metadata.as_of
    for it in measure_ages(dataset.provenance.values(), as_of):
        span = str(it.oldest) if it.oldest == it.newest else f"{it.oldest} to {it.newest}"
        age = age_on(as_of, it.age_days) if it.age_days < 0 else in_days(it.age_days)

        rows.append((f"`{it.source}`", span, age))
    return _table(("source", "read or stated on", f"age of the oldest document on {as_of}"), rows)


def _given(figures: Figures) -> Iterator[tuple[str, ...]]:
    for (field, source), given in figures.given.items():
        yield title_of(field), f"`{source}`", _number(given.stated), _number(given.concluded)


def _agreements(figures: Figures) -> Iterator[tuple[str, ...]]:
    for (field, pair), found in figures.agreements.items():
        sources = " and ".join(f"`{it}`" for it in pair)
        yield title_of(field), sources, _number(found.agreed), _number(found.contradicted)


def _contradictions(figures: Figures) -> Iterator[str]:
    if not figures.contradictions:
        yield "None."
    for finding in figures.contradictions:
        yield f"- {finding.exit_id or finding.slug}, {finding.field}: {_sides_of(finding)}"


def _sides_of(finding: Finding) -> str:
    sides = finding.sides or ()
    if finding.check == LAST_TRAINS:
        here, beyond = sides
        last = f"{here.speaker} has the last train leave {here.says}"
        return f"{last} and the next station no later ({beyond.says})"
    return ", ".join(f"{side.speaker} says {side.says}" for side in sides)


def _number(number: int) -> str:
    return f"{number:,}" if number else "–"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
