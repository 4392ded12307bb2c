"""A source that says nothing of a station any more is told by the station's name."""

from __future__ import annotations

from mrt_pipeline.compare.regressions import find_silences
from mrt_pipeline.contracts.evidence import Provenance
from mrt_pipeline.contracts.network import Landmark, Station
from mrt_pipeline.contracts.outputs import Stage3Output
from tests.fakes.enrichment_sources import quoted
from tests.fakes.network_builder import EXITS_DOCUMENT, make_bus_stop, make_dataset, open_stations, provenance

YISHUN, BISHAN, SENJA = open_stations()
PAGE = "wiki:Yishun MRT Station@70"
STOPS = "lta-bus-stops"


def of_wiki(document_id: str, revision: str = "70") -> Provenance:
    title = document_id.removeprefix("wiki:").partition("@")[0]
    return provenance(document_id, source_id="fandom_wiki", title=title, revision=revision)


def with_marks(station: Station, *names: str, document_id: str = PAGE) -> Station:
    """Return a station whose first exit leads to some places that a document names."""
    marks = tuple(Landmark(name=name, evidence=quoted(name, document_id)) for name in names)
    first, *others = station.exits
    return station.model_copy(update={"exits": (first.model_copy(update={"landmarks": marks}), *others)})


def with_stop(station: Station) -> Station:
    first, *others = station.exits
    stop = make_bus_stop(first)
    return station.model_copy(update={"exits": (first.model_copy(update={"bus_stops": (stop,)}), *others)})


def dataset(*stations: Station, **documents: Provenance) -> Stage3Output:
    known = {EXITS_DOCUMENT: provenance(), PAGE: of_wiki(PAGE), **documents}
    return make_dataset(*stations, provenance=known)


def test_a_station_that_loses_all_values_of_a_source_is_named_with_what_they_were_read_from() -> None:
    old = dataset(with_marks(YISHUN, "Northpoint", "Park"), BISHAN)
    (silence,) = find_silences(old, dataset(YISHUN, BISHAN))
    assert (silence.slug, silence.name, silence.source_id) == ("yishun", "Yishun", "fandom_wiki")
    assert (silence.values, silence.documents) == (2, ("“Yishun MRT Station”, revision 70",))


def test_one_value_left_is_no_silence() -> None:
    old = dataset(with_marks(YISHUN, "Northpoint", "Park"))
    assert not find_silences(old, dataset(with_marks(YISHUN, "Park")))


def test_values_quoted_from_a_newer_revision_are_of_the_same_source() -> None:
    newer = PAGE.replace("70", "71")
    after = dataset(with_marks(YISHUN, "Park", document_id=newer), **{newer: of_wiki(newer, "71")})
    assert not find_silences(dataset(with_marks(YISHUN, "Park")), after)


def test_the_same_values_from_another_source_do_not_hide_the_silence() -> None:
    other = "places"
    after = dataset(
        with_marks(YISHUN, "Park", document_id=other), **{other: provenance(other, source_id="places")}
    )
    (silence,) = find_silences(dataset(with_marks(YISHUN, "Park")), after)
    assert silence.source_id == "fandom_wiki"


def test_each_source_is_looked_at_by_itself() -> None:
    old = dataset(with_stop(YISHUN), with_marks(BISHAN, "Library"))
    new = dataset(YISHUN, BISHAN)
    assert [(found.slug, found.source_id) for found in find_silences(old, new)] == [
        ("yishun", EXITS_DOCUMENT),
        ("bishan", "fandom_wiki"),
    ]


def test_a_station_that_is_gone_or_new_is_no_silence() -> None:
    old = dataset(with_marks(YISHUN, "Park"), BISHAN)
    assert not find_silences(old, dataset(BISHAN, SENJA))
