"""Which stations a source says nothing of any more, although values of the dataset before came from it.

A page that was blanked, deleted, moved away or turned into a redirect is no failure of anybody, and a limit
on values lost in all does not notice one station. So each is told by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.fields import published_values
from mrt_pipeline.contracts.gates import SilentSource
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.contracts.outputs import Stage3Output


def find_silences(old: Stage3Output, new: Stage3Output) -> tuple[SilentSource, ...]:
    """Return each station and source of an older dataset of which a newer one has no value left.

    Returns:
        one record per station that both have and source, in the older dataset's order.
    """
    return tuple(_silences(old, new))


def _silences(old: Stage3Output, new: Stage3Output) -> Iterator[SilentSource]:
    after = {station.slug: station for station in new.stations}
    for station in old.stations:
        if (now := after.get(station.slug)) is None or now == station:
            continue
        left = _count_values(now, new.provenance)
        for source_id, cited in _count_values(station, old.provenance).items():
            if source_id not in left:
                yield SilentSource(
                    slug=station.slug,
                    name=station.name,
                    source_id=source_id,
                    values=sum(cited.values()),
                    documents=tuple(sorted({_name(old.provenance[name]) for name in cited})),
                )


def _count_values(station: Station, provenance: Mapping[str, Provenance]) -> dict[str, dict[str, int]]:
    """Return how many values on a station's exits and platforms cite each document, by source."""
    counts: dict[str, dict[str, int]] = {}
    for value in published_values(station):
        cited = {evidence.document_id for evidence in value.all_evidence()}
        for document_id in sorted(cited & provenance.keys()):
            of_source = counts.setdefault(provenance[document_id].source_id, {})
            of_source[document_id] = of_source.get(document_id, 0) + 1
    return counts


def _name(document: Provenance) -> str:
    revision = f", revision {document.revision}" if document.revision else ""
    return f"“{document.title}”{revision}"
