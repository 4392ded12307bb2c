"""The checklist for reviewing a dataset before it is published, derived from what the run found.

Each item requires one check by a person. Findings of severity info require none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mrt_pipeline.compare.wording import KINDS
from mrt_pipeline.contracts.checks import CHECKS
from mrt_pipeline.contracts.comparison import Comparison
from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.fields import measure_coverage, published_values
from mrt_pipeline.contracts.findings import Finding, Severity, group_kinds
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.run import Manifest
from mrt_pipeline.report.changes import exit_of
from mrt_pipeline.report.texts import show, show_message

MAX_LINKS = 24
"""per item; the list of findings has all"""
FAR_M = 20.0
"""an exit that moved farther than this may be another exit"""

Item = dict[str, Any]
Link = tuple[str | None, str | None]
"""slug and exit id"""


def make_checklist(
    dataset: Stage3Output, manifest: Manifest, comparison: Comparison | None, numbers: Mapping[str, int]
) -> list[Item]:
    """Return the checklist's items, most serious first.

    Args:
        dataset: dataset to review.
        manifest: manifest of its run.
        comparison: comparison with the previous run's dataset; None if there was none.
        numbers: slug to position in the dataset's list of stations.
    """
    names = {found.exit_id: found.exit_code for station in dataset.stations for found in station.exits}
    return [
        {**item, "links": list(_links(item["links"], numbers, names))}
        for part in (
            _of_findings(dataset.findings),
            _of_changes(comparison),
            _of_gaps(dataset, manifest),
            _of_sources(dataset),
        )
        for item in part
    ]


def _of_findings(findings: Iterable[Finding]) -> Iterator[Item]:
    kinds = group_kinds(findings)
    for severity in (Severity.ERROR, Severity.WARNING):
        for kind in (kind for kind in kinds if kind[0].severity is severity):
            links, check = [(finding.slug, finding.exit_id) for finding in kind], kind[0].check
            yield _item(severity.value, _describe(check, len(kind)), links, check=show(check))


def _describe(check: str, number: int) -> str:
    """Return what was found how often, and what to do; a dataset may have checks of another version."""
    if (known := CHECKS.get(check)) is not None:
        is_sentence = number == 1 and known.one.startswith("The ")  # about the only dataset or run there is
        what = known.one if is_sentence else _number(number, known.one, known.several)
        return f"{what}: {known.advice}."
    plain = show(check).replace("-", " ")
    return f"{_number(number, f'case of {plain}', f'cases of {plain}')}: review each."


def _of_changes(comparison: Comparison | None) -> Iterator[Item]:
    if comparison is None:
        yield _item("change", "No earlier run to compare with: check that the counts are what you expect.")
        return
    for kind in KINDS:
        far = f" by more than {FAR_M:.0f} m" if kind.field == "exits_moved" else ""
        items = [it for it in getattr(comparison, kind.field) if not far or it.moved_m > FAR_M]
        if items and kind.advice:
            links = [(it.slug, exit_of(it)) for it in items]
            yield _item("change", f"{kind.count_in(comparison, len(items))}{far}: {kind.advice}.", links)
    if changes := comparison.values_changed:
        stations = list(dict.fromkeys((change.slug, None) for change in changes))
        yield _item(
            "change", f"{counted(len(changes), 'value')} changed: review the list of changes.", stations
        )


def _of_gaps(dataset: Stage3Output, manifest: Manifest) -> Iterator[Item]:
    for source, reason in manifest.passed_over.items():
        yield _item("gap", f"{show(source)} was skipped: {show_message(reason)}.")
    step_free = measure_coverage(dataset.stations)["step_free"]
    if unknown := step_free.unknown:
        yield _item(
            "gap",
            f"{unknown} of {step_free.total} exits have no step-free information. Consumers must show "
            '"unknown", never "no".',
        )


def _of_sources(dataset: Stage3Output) -> Iterator[Item]:
    published = (record for station in dataset.stations for record in published_values(station))
    cited = ({it.licence for it in record.all_evidence()} for record in published)
    if number := sum(any(name.startswith("CC-BY-SA") for name in names) for names in cited):
        yield _item(
            "source",
            f"{number} values come from text under CC BY-SA: redistribution requires attribution "
            "of the pages and the same licence.",
        )


def _item(kind: str, text: str, links: Iterable[Link] = (), check: str | None = None) -> Item:
    item: Item = {"kind": kind, "text": text, "links": list(links)}
    return item if check is None else {**item, "check": check}


def _links(
    links: Iterable[Link], numbers: Mapping[str, int], names: Mapping[str, str]
) -> Iterator[list[Any]]:
    """Yield station, exit and its label, each pair once and only for stations in operation."""
    seen = [link for link in dict.fromkeys(links) if link[0] in numbers]
    for slug, exit_id in seen[:MAX_LINKS]:
        label = names.get(exit_id or "")
        yield [numbers[slug or ""], *([show(exit_id), show(label)] if exit_id and label else [])]


def _number(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"
