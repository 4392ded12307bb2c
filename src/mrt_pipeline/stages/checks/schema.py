"""Check that the dataset, once written, reads back unchanged.

Stations are written and read one by one: that takes a third of the time of the whole dataset at once, and its
memory does not grow with the network.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from mrt_pipeline.contracts.base import Record
from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.runtime.output_files import read_record, render_record


def check_schema(dataset: Stage3Output) -> Iterator[Finding]:
    """Yield a finding for each field of the written dataset that its model rejects or changes."""
    for group in ("stations", "future_stations"):
        for rank, station in enumerate(getattr(dataset, group)):
            yield from _check_record(station, Station, (group, rank))
    rest = dataset.model_copy(update={"stations": (), "future_stations": ()})
    yield from _check_record(rest, Stage3Output, ())


def _check_record(record: Record, kind: type[Record], place: tuple[str | int, ...]) -> Iterator[Finding]:
    try:
        read = read_record(kind, render_record(record))
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_context=False):
            where = _path(*place, *fault["loc"])
            yield finding_of("schema-invalid", f"{where}: {fault['msg']}; found {fault['input']!r:.80}.")
        return
    if read != record:
        changed = [
            _path(*place, name) for name in kind.model_fields if getattr(read, name) != getattr(record, name)
        ]
        yield finding_of(
            "schema-round-trip",
            f"{', '.join(changed)} would read back from the file with a different value; expected the same. "
            "Correct the stage that made a value of a type that JSON cannot carry.",
        )


def _path(*parts: str | int) -> str:
    return ".".join(str(part) for part in parts)
