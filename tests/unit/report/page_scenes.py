"""Datasets to view in a browser: one whose names attack the page, and one enriched by a wiki."""

from __future__ import annotations

from mrt_pipeline.contracts.evidence import Alignment, Confidence, Evidence, EvidenceMap, Method
from mrt_pipeline.contracts.findings import Finding, Severity
from mrt_pipeline.contracts.network import (
    AccessFeature,
    ExitAccess,
    Landmark,
    Platform,
    StationExit,
    StepFree,
)
from mrt_pipeline.contracts.outputs import Stage3Output
from tests.fakes.network_builder import (
    SMALL_NETWORK,
    links_to,
    make_bus_stop,
    make_dataset,
    make_exit,
    make_station,
    provenance,
    station_platform,
)

MARKUP = '<img src=x onerror="document.title=1"></script><script>document.title=2</script>'
REVERSED = "\u202eEVIL\u202c Station\u200b"
ENDLESS = "x" * 100_000
SCRIPTS = "杜美歌 · டோபி காட்"
"""a name in Chinese and in Tamil, as on signs"""

WIKI_PAGE = "wiki-yishun"
QUOTE = "Exit A has a lift & <b>no</b> steps"


def hostile_dataset() -> Stage3Output:
    """Return a dataset in which every text that a source can choose attacks the page."""
    yishun, bishan, senja = (make_station(SMALL_NETWORK, slug) for slug in ("yishun", "bishan", "senja"))
    entry = SMALL_NETWORK.codes[0]
    label = make_exit(entry, '"><svg onload=document.title=3>', exit_id="yishun-nsl-<A>")
    stop = make_bus_stop(label, description=MARKUP, road_name=REVERSED, services=("</table>", "85"))
    exits = (label.model_copy(update={"bus_stops": (stop,)}), make_exit(entry, ENDLESS, east_m=80))
    stations = (
        yishun.model_copy(update={"name": MARKUP, "exits": exits}),
        bishan.model_copy(update={"name": ENDLESS}),
        senja.model_copy(update={"name": f"{REVERSED} {SCRIPTS}"}),
    )
    finding = Finding(
        check="exit-label-shared", severity=Severity.WARNING, message=f"{MARKUP} {ENDLESS}", slug="yishun"
    )
    document = provenance(url="javascript:document.title=4", title=MARKUP, attribution=REVERSED)
    return make_dataset(*stations, findings=(finding,), provenance={document.document_id: document})


def enriched_dataset() -> Stage3Output:
    """Return a dataset with every kind of value, some of them under a share-alike licence."""
    entry = SMALL_NETWORK.codes[0]
    exits = tuple(
        _enriched_exit(make_exit(entry, label, east_m=90 * place), step_free)
        for place, (label, step_free) in enumerate(zip("ABC", StepFree, strict=True))
    )
    yishun = make_station(SMALL_NETWORK, "yishun", exits=exits, platforms=(_platform(),))
    others = tuple(make_station(SMALL_NETWORK, slug) for slug in ("bishan", "senja"))
    page = provenance(
        WIKI_PAGE,
        title="Yishun MRT Station",
        publisher="Singapore MRT Lines wiki",
        revision="12345",
        licence="CC-BY-SA-3.0",
        licence_url="https://creativecommons.org/licenses/by-sa/3.0/",
    )
    return make_dataset(yishun, *others, provenance={WIKI_PAGE: page, "lta-station-exits": provenance()})


def _platform() -> Platform:
    yishun, bishan = SMALL_NETWORK.codes[:2]
    return station_platform(yishun, bishan, platform_codes=("A",), evidence=_quoted())


def _enriched_exit(found: StationExit, step_free: StepFree) -> StationExit:
    access = ExitAccess(step_free=step_free, features=(AccessFeature.LIFT,), evidence=_quoted())
    landmark = Landmark(name="Northpoint City", confidence=Confidence.MEDIUM, evidence=_quoted(Method.MODEL))
    return found.model_copy(
        update={
            "platforms": links_to(_platform()),
            "bus_stops": (make_bus_stop(found),),
            "access": access,
            "landmarks": (landmark,),
        }
    )


def _quoted(method: Method = Method.RULE) -> EvidenceMap:
    reason = Evidence(
        document_id=WIKI_PAGE,
        method=method,
        licence="CC-BY-SA-3.0",
        quote=QUOTE,
        char_start=10,
        char_end=10 + len(QUOTE),
        alignment=Alignment.EXACT,
    )
    return {"record": (reason,)}
