"""Keys that determine which services are asked and what is believed: ``mode``, stages 1 and 2, APIs."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import mrt_pipeline
from mrt_pipeline.config.registry import all_sources, get_source
from mrt_pipeline.contracts.network import Station
from mrt_pipeline.contracts.source_spec import SourceSpec
from mrt_pipeline.errors import SourceError, SourceFormatError
from mrt_pipeline.sources.datamall.reading import read_bus_tables
from mrt_pipeline.sources.fandom_wiki import claims as wiki_source
from mrt_pipeline.stages.stage1_ingestion import Stage1Ingestion
from tests.fakes.enrichment_sources import NO_CONFIG, LandmarkSource, make_line, make_stage
from tests.fakes.http_server import LoopbackServer, Reply
from tests.fakes.live_world import LiveWorld
from tests.fakes.model_server import answers, base_url_of, completion, reply, serving
from tests.fakes.network_builder import make_stage1, open_stations
from tests.fakes.prose_pages import bus_tables
from tests.fakes.publishers import DATASET
from tests.integration.config_keys.scene import (
    POOR,
    Case,
    Changes,
    Look,
    Scene,
    has_file,
    has_finding,
    names_looked_up,
    outcome,
)

Ask = Callable[[Scene, Changes], None]
STAGE1, STAGE2 = "stages.stage1_ingestion", "stages.stage2_enrichment"
LENIENT = {
    f"{STAGE2}.expected_bus_stops.min": 1,
    f"{STAGE2}.expected_bus_services.min": 1,
    f"{STAGE2}.delay_seconds": 0,
}
"""for servers with an eighth of the bus services, and a model without rate limit"""
PROSE = "<p>Whoever leaves by Exit A finds the market across the road.</p>"
"""a page that the rules leave to the model"""
CONTACT = "ops@example.org"
OUR_NAME = f"mrt-data-pipeline/{mrt_pipeline.__version__}"
STOPS, SERVICES = "lta-bus-stops", "lta-bus-services"


def services_asked(scene: Scene, changes: Changes) -> list[str]:
    """Return the services that a run queries, if it can."""
    return scene.once(_ask_services, changes)


def _ask_services(scene: Scene, changes: Changes) -> list[str]:
    with LiveWorld() as world, serving(answers(completion(reply()))) as model:
        world.wiki.pages = dict.fromkeys(world.wiki.pages, PROSE)
        addresses = {**world.addresses, "apis.openrouter.base_url": base_url_of(model)}
        scene.run_in(scene.place(), {**changes, **addresses})
        servers = {**world.servers, "openrouter": model}
        return sorted(name for name, server in servers.items() if server.requests)


def is_read(document_id: str) -> Look:
    """Return a function that tells whether a run reads a publisher's document."""
    return lambda scene, changes: document_id in scene.run(changes).load("manifest.json")["sources"]


def is_asked_again(scene: Scene, changes: Changes) -> bool:
    """Return whether the exits are requested again although they were received a moment ago."""
    with LiveWorld() as world:
        place, server = scene.place(), world.servers["datagov"]
        live = {**changes, **world.addresses, "apis.datagov.mode": "live", f"{STAGE1}.sources": ["datagov"]}
        for _ in range(2):
            server.requests.clear()
            Stage1Ingestion(NO_CONFIG, scene.context(live, place)).execute(None)
        return bool(server.requests)


def has_filled(field: str) -> Look:
    """Return a function that tells whether any exit has a value in a field."""
    return lambda scene, changes: any(found.get(field) for found in scene.run(changes).exits)


def has_far_bus_stops(scene: Scene, changes: Changes) -> bool:
    """Return whether a bus stop is listed that LTA ties to no exit and that is more than 100 m away."""
    stops = (stop for found in scene.run(changes).exits for stop in found.get("bus_stops", ()))
    return any(stop["relation"] == "nearby" and stop["distance_m"] > 100 for stop in stops)


def has_far_landmarks(scene: Scene, changes: Changes) -> bool:
    """Return whether a landmark is more than 200 m away from its exit."""
    landmarks = (landmark for found in scene.run(changes).exits for landmark in found.get("landmarks", ()))
    return any(landmark["distance_m"] > 200 for landmark in landmarks)


def doubted_tables(scene: Scene, changes: Changes) -> set[str]:
    """Return which of LTA's recorded tables is refused as too short, or reported as too long."""
    try:
        tables = read_bus_tables(scene.context(changes))
    except SourceFormatError as error:
        return {f"{error.source_id} refused"}
    return {
        f"{finding.record_id} remarked on"
        for finding in tables.findings
        if finding.check == "more-records-than-expected"
    }


def stations_at_once(scene: Scene, changes: Changes) -> int:
    """Return how many threads work on nine stations."""
    before = set(threading.enumerate())
    seen: list[int] = []

    def count(_: Station) -> None:
        seen.append(len(set(threading.enumerate()) - before))

    source = LandmarkSource(before=count)
    make_stage(scene.context(changes), source, is_remote=True).execute(make_stage1(make_line(9)))
    return max(seen)


def told_user_agent(scene: Scene, changes: Changes) -> str:
    """Return the User-Agent that a publisher receives."""
    with LoopbackServer(lambda _: Reply()) as server:
        client = scene.access({**changes, "apis.datagov.base_url": server.url}).http("datagov")
        client.get("lta-station-exits", server.url)
    return server.requests[0].headers["user-agent"]


def asks(spec: SourceSpec) -> Ask:
    """Return a function that reads everything a source publishes, or the titles of a wiki's pages."""

    def ask(scene: Scene, changes: Changes) -> None:
        with contextlib.suppress(SourceError):  # names that do not resolve, a missing checkout
            if spec.recorder:
                list(spec.load(spec.recorder)(scene.access(changes)))
            else:
                spec.load(spec.opener)(scene.context(changes), bus_tables()).prepare(open_stations())

    return ask


def ends_in_time(scene: Scene, changes: Changes) -> bool:
    """Return whether stage 1 gets its answers within its time limit."""
    with LiveWorld() as world:
        try:
            live = {**changes, **world.addresses, "apis.datagov.mode": "live"}
            Stage1Ingestion(NO_CONFIG, scene.context(live)).execute(None)
        except SourceError as error:
            return f"{STAGE1}.timeout_minutes" not in str(error)
    return True


OWN_WORDS = str(Path(__file__).parents[2] / "fixtures" / "fandom-wiki" / "vocabulary.csv")


def knows_own_words(scene: Scene, changes: Changes) -> bool:
    """Return whether pages are read with the words in the operator's own file."""
    source = wiki_source.open_source(scene.context(changes), bus_tables())
    assert isinstance(source, wiki_source.WikiSource)
    page = "<table><tr><th>Exit</th><th>Out and about</th></tr><tr><td>A</td><td>Market</td></tr></table>"
    return bool(source.read_page(page, "Yishun MRT Station").candidates)


def is_asked(ask: Ask) -> Look:
    """Return a function that tells whether a service is queried although its data is recorded."""

    def look(scene: Scene, changes: Changes) -> bool:
        with LiveWorld() as world:
            ask(scene, {**changes, **world.addresses})
            return any(server.requests for server in world.servers.values())

    return look


def datasets_asked_for(scene: Scene, changes: Changes) -> set[str]:
    """Return the datasets requested from data.gov.sg."""
    with LiveWorld() as world:
        asks(get_source("datagov"))(scene, {**changes, **world.addresses})
    return {target.split("/datasets/")[1].split("/")[0] for target in world.servers["datagov"].targets}


LIVE = {"mode": "live"}
MIRROR = "mirror.example"
READ = {
    spec.api: spec
    for spec in sorted(all_sources(), key=lambda spec: spec.is_recorded)
    if spec.api not in ("", "openrouter")
}
"""a source that reads each service, preferably a recorded one"""
ALL_SERVICES = sorted(
    {api for api, spec in READ.items() if spec.is_default} - {"official_places"}  # from data.gov.sg as well
    | {"datagov-file", "datamall-file", "openrouter"}
)


def _mode_case(api: str, spec: SourceSpec) -> Case:
    key = f"apis.{api}.mode"
    if spec.is_recorded:
        return Case(key, "live", is_asked(asks(spec)), False, True, LENIENT)
    chosen = {} if spec.is_default else {f"{STAGE2}.sources": ["lta_datamall", spec.name]}
    return Case(key, "live", services_asked, [], [api], {**LENIENT, **chosen})


def _address_cases(api: str, spec: SourceSpec) -> Iterator[Case]:
    """Yield a case for each address of a service: its host is queried, or the mirror configured instead."""
    assert spec.section is not None
    hosts = {name: value.host for name, value in spec.section() if name.endswith("_url")}
    for name in hosts:
        mirrored = {*({**hosts, name: MIRROR}.values())}
        look = names_looked_up(asks(spec))
        yield Case(f"apis.{api}.{name}", f"https://{MIRROR}/api", look, {*hosts.values()}, mirrored, LIVE)


RUN_CASES = (
    Case("mode", "live", services_asked, [], ALL_SERVICES, LENIENT),
    Case("contact", CONTACT, told_user_agent, OUR_NAME, f"{OUR_NAME} (+{CONTACT})"),
)
STAGE1_CASES = (
    Case(f"{STAGE1}.enabled", False, outcome, "completed", "MissingCheckpointError", POOR),
    Case(f"{STAGE1}.sources", ["datagov"], is_read("onemap-stations"), True, False, POOR),
    Case(f"{STAGE1}.cache_ttl_days", 0, is_asked_again, False, True),
    Case(f"{STAGE1}.timeout_minutes", 1e-9, ends_in_time, True, False),
    Case(f"{STAGE1}.expected_exits.min", 800, outcome, "completed", "SourceFormatError", POOR),
    Case(f"{STAGE1}.expected_exits.max", 600, has_finding("more-exits-than-expected"), False, True, POOR),
)
STAGE2_CASES = (
    Case(f"{STAGE2}.enabled", False, has_file("stage2_enrichment.json"), True, False),
    Case(f"{STAGE2}.sources", ["lta_datamall"], has_filled("platforms"), True, False),
    Case(f"{STAGE2}.batch_size", 2, stations_at_once, 8, 2),
    Case(f"{STAGE2}.bus_stop_radius_m", 100, has_far_bus_stops, True, False),
    Case(f"{STAGE2}.landmark_radius_m", 200, has_far_landmarks, True, False),
    Case(f"{STAGE2}.expected_bus_stops.min", 6500, doubted_tables, set(), {f"{STOPS} refused"}),
    Case(f"{STAGE2}.expected_bus_stops.max", 4500, doubted_tables, set(), {f"{STOPS} remarked on"}),
    Case(f"{STAGE2}.expected_bus_services.min", 1200, doubted_tables, set(), {f"{SERVICES} refused"}),
    Case(f"{STAGE2}.expected_bus_services.max", 600, doubted_tables, set(), {f"{SERVICES} remarked on"}),
    Case(f"{STAGE2}.daily_timeout_minutes", 1e-9, outcome, "completed", "stopped_at_budget"),
)
API_CASES = (
    *(_mode_case(api, spec) for api, spec in READ.items()),
    *(case for api, spec in READ.items() for case in _address_cases(api, spec)),
    Case("apis.datagov.dataset_id", "d_0", datasets_asked_for, {DATASET}, {"d_0"}, LIVE),
    Case(
        "apis.mrtdown.checkout",
        "~/mrtdown-data",
        is_asked(asks(get_source("mrtdown"))),
        True,
        False,
        LIVE,
    ),
    Case("apis.fandom.vocabulary", OWN_WORDS, knows_own_words, False, True),
)
CASES = (*RUN_CASES, *STAGE1_CASES, *STAGE2_CASES, *API_CASES)
