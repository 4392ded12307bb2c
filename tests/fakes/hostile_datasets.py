"""Datasets whose texts are likely to break formats, for properties that hold for all datasets."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from mrt_pipeline.contracts.evidence import Confidence
from mrt_pipeline.contracts.network import (
    AccessFeature,
    ExitAccess,
    Landmark,
    LandmarkKind,
    ServiceDays,
    Station,
    StationExit,
    StationNames,
    StepFree,
)
from mrt_pipeline.contracts.outputs import Stage3Output
from tests.fakes.network_builder import (
    SMALL_NETWORK,
    cited,
    links_to,
    make_bus_stop,
    make_dataset,
    make_exit,
    make_station,
    make_trains,
    provenance,
    station_platform,
)

NS13, NS17, *_ = SMALL_NETWORK.codes
NOT_EMPTY = st.sampled_from(
    [
        *("a,b;c", 'say "hi"', "two\nlines", "cr\r", "cr\r\nlf", "tab\there", "\t", " led and trailed "),
        *(
            "=1+1",
            "+1",
            "-1",
            "@sum",
            "=cmd|' /C calc'!A0",
            "＝1",
            "\r=1",
            "\n=1",
            "'",
            "''=1",
            "'s",
            '"',
            '""',
        ),
        *("🚇👩‍🦽", "\u202eEVIL\u202c", "שלום", "مرحبا", "义顺", "e\u0301", "\ufeffbom", "\u2028"),
        *("1e5", "007", "true", "null", "NULL", "[]", '["a"]', "{}", "2026-01-01", "'; DROP TABLE exits; --"),
    ]
) | st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
TEXTS = st.just("") | NOT_EMPTY
MAYBE = st.none() | NOT_EMPTY
CONFIDENCES = st.sampled_from(Confidence)
METRES = st.floats(0, 1000)


@st.composite
def hostile_datasets(draw: st.DrawFn) -> Stage3Output:
    """Return a dataset of two stations in which every text chosen by a source may be anything."""
    document = provenance(title=draw(TEXTS), publisher=draw(TEXTS), attribution=draw(TEXTS))
    others = {
        name: provenance(name)
        for name in draw(st.sets(NOT_EMPTY, max_size=2))
        if name != document.document_id
    }
    full, plain = draw(_station()), make_station(SMALL_NETWORK, "bishan")
    return make_dataset(full, plain, provenance={document.document_id: document, **others})


@st.composite
def _station(draw: st.DrawFn) -> Station:
    letters = tuple(draw(st.lists(TEXTS, max_size=3)))
    platform = station_platform(NS13, NS17, platform_codes=letters, confidence=draw(CONFIDENCES))
    names = {language: draw(MAYBE) for language in ("zh_hans", "ms", "ta")}
    labels = draw(st.lists(NOT_EMPTY, min_size=1, max_size=3, unique=True))
    is_linked = draw(st.booleans())
    return make_station(
        SMALL_NETWORK,
        "yishun",
        name=draw(TEXTS),
        names=StationNames(**names, evidence=cited(document_id=draw(NOT_EMPTY)))
        if any(names.values())
        else None,
        platforms=(platform,),
        trains=tuple(
            make_trains(platform, service=service, days=days, confidence=draw(CONFIDENCES))
            for service in draw(st.lists(NOT_EMPTY, max_size=2, unique=True))
            for days in draw(st.lists(st.sampled_from(ServiceDays), max_size=2, unique=True))
        ),
        exits=tuple(
            draw(_exit(label, platforms=links_to(platform, is_same_building=is_linked))) for label in labels
        ),
    )


@st.composite
def _exit(draw: st.DrawFn, /, label: str, **changes: Any) -> StationExit:
    found = make_exit(NS13, label, **changes)
    services = tuple(draw(st.lists(TEXTS, max_size=3)))
    stops = tuple(
        make_bus_stop(
            found,
            code,
            description=draw(TEXTS),
            road_name=draw(TEXTS),
            services=services,
            distance_m=draw(METRES),
        )
        for code in draw(st.sets(st.from_regex(r"[0-9]{5}", fullmatch=True), max_size=2))
    )
    landmarks = tuple(
        Landmark(
            name=name,
            kind=draw(st.none() | st.sampled_from(LandmarkKind)),
            distance_m=draw(st.none() | METRES),
            confidence=draw(CONFIDENCES),
            evidence=cited(name or "1"),
        )
        for name in draw(st.lists(NOT_EMPTY, max_size=2, unique=True))
    )
    access = draw(st.none() | _access())
    return found.model_copy(update={"bus_stops": stops, "landmarks": landmarks, "access": access})


@st.composite
def _access(draw: st.DrawFn) -> ExitAccess:
    return ExitAccess(
        step_free=draw(st.sampled_from(StepFree)),
        features=tuple(draw(st.lists(st.sampled_from(AccessFeature), unique=True, max_size=3))),
        out_of_service=draw(st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1))),
        confidence=draw(CONFIDENCES),
        evidence=cited(document_id=draw(NOT_EMPTY)),
    )
