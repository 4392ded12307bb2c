"""What our events are checked with must itself refuse what the specification does not allow."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mrt_pipeline.lineage.facets import make_facets
from tests.fakes.lineage import ending_of, events_of, whole_run
from tests.fakes.openlineage_reader import read_event

SPEC = "https://openlineage.io/spec"
NOTHING = object()


def _facet(kind: str, **content: Any) -> Any:
    [facet] = make_facets(kind, "2.0.0", **content).values()
    return facet


def _event() -> Any:
    events = events_of(whole_run())
    ending = ending_of(events, "publishing")
    return {**ending, "inputs": ending_of(events, "stage1_ingestion")["inputs"]}


def _spoilt(path: str, value: object) -> Any:
    """Return an event with another value at a place, or with none."""
    event = place = _event()
    *above, last = path.split(".")
    for part in above:
        place = place[int(part) if part.isdigit() else part]
    if value is NOTHING:
        del place[last]
    else:
        place[last] = value
    return event


def test_an_event_as_we_write_it_is_read() -> None:
    read_event(_event())


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("producer", NOTHING, "lacks ['producer']"),
        ("schemaURL", NOTHING, "lacks ['schemaURL']"),
        ("eventTime", NOTHING, "lacks ['eventTime']"),
        ("run", NOTHING, "lacks ['run']"),
        ("extra", 1, "knows no ['extra']"),
        ("producer", "us", "producer: 'us' is no uri"),
        ("producer", None, "producer: None is no"),
        ("schemaURL", f"{SPEC}/2-0-2/OpenLineage.json", "schemaURL: expected"),
        ("eventType", "DONE", "is not a valid EventType"),
        ("eventTime", "2026-11-23T08:12:03", "eventTime: '2026-11-23T08:12:03' is no date-time"),
        ("run.runId", "abc", "runId: 'abc' is no uuid"),
        ("run.facets.parent.run.runId", "{x}", "parent.run.runId: '{x}' is no uuid"),
        ("run.facets.nominalTime.nominalStartTime", "2026-11-23", "'2026-11-23' is no date-time"),
        ("run.facets.parent", _facet("job", ownership={"owners": []}), "is no RunFacet"),
        ("run.facets.labels", _facet("run", tags={}), "a TagsRunFacet is called tags"),
        ("job.facets.ownership._producer", NOTHING, "lacks ['_producer']"),
        ("job.facets.ownership._producer", "a b:c", "_producer: 'a b:c' is no uri"),
        ("job.facets.ownership._schemaURL", NOTHING, "None is no JobFacet"),
        (
            "job.facets.ownership._schemaURL",
            f"{SPEC}/facets/1-0-1/OwnershipJobFacet.json",
            "OwnershipJobFacet.json is no JobFacet",
        ),
        ("job.facets.sourceCodeLocation.url", "/srv/x", "url: '/srv/x' is no uri"),
        ("inputs.0.facets.dataSource.uri", "https://a b/", "uri: 'https://a b/' is no uri"),
        ("outputs.0.name", 3, "outputs[0].name: 3 is no"),
        ("outputs.0.facets.version.datasetVersion", NOTHING, "lacks ['datasetVersion']"),
    ],
)
def test_an_event_that_the_specification_does_not_allow_is_refused(
    path: str, value: object, fault: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(fault)):
        read_event(_spoilt(path, value))
