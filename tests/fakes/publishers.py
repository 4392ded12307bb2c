"""data.gov.sg, OneMap, LTA DataMall and MRTDown on loopback servers, with their regular answers and errors.

    with Publishers() as publishers:
        access = publishers.access(tmp_path)
        read_exits(access)

They publish the payloads under ``tests/fixtures``, which a test may replace. ``interpose`` puts
other replies before the regular ones. Answers follow the services' documentation as of 2026-11-23.
"""

from __future__ import annotations

import contextlib
import copy
import itertools
import json
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl

from pydantic import SecretStr

from mrt_pipeline.config.environment import Secrets
from mrt_pipeline.config.settings import Settings
from mrt_pipeline.contracts.sections import ApiSection
from mrt_pipeline.runtime.http import HttpClient, HttpOptions
from mrt_pipeline.runtime.rate_limits import RateLimiter
from mrt_pipeline.runtime.recordings import Recording, find_table_sha256, load_recording
from mrt_pipeline.runtime.source_access import SourceAccess
from tests.fakes.fake_time import FakeTime
from tests.fakes.http_server import LoopbackServer, RawReply, Reply, SeenRequest, json_reply
from tests.fakes.mrtdown import MrtdownRepository
from tests.fakes.train_schedules import train_schedule

FIXTURES = Path(__file__).parents[1] / "fixtures"
DATASET = "d_b39d3a0871985372d7e1637193335da5"
UPDATED = "2025-12-02T17:28:07+08:00"
DATAGOV_KEY = "datagov-key-5f1c"
ACCOUNT_KEY = "account-key-77aa"
FACILITIES = "v2/FacilitiesMaintenance"
SCHEDULE, SCHEDULE_MADE = "GTFSScheduleTrain", "2026-11-20T02:00:00+08:00"
EMAIL, PASSWORD = "operator@example.org", "correct horse"
GIVEN_TOKEN = "g1v3nT0k3nA1b2C3d4E5-"
"""how each token begins that the map service gives"""
READY_TOKEN = "ready-token-0000"
"""valid until a test removes it from ``onemap.tokens``"""

Answering = Callable[[SeenRequest], Reply | RawReply]


class Interposed:
    """Replies that a service gives before its regular ones, by the end of the path."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Reply | RawReply | Answering]] = defaultdict(deque)

    def interpose(self, path_end: str, *replies: Reply | RawReply | Answering) -> None:
        """Give these replies first, one per request."""
        self._waiting[path_end].extend(replies)

    def find(self, request: SeenRequest) -> Reply | RawReply | None:
        """Return the next reply waiting for such a request."""
        for path_end, replies in self._waiting.items():
            if request.path.endswith(path_end) and replies:
                reply = replies.popleft()
                return reply(request) if callable(reply) else reply
        return None


class DataGov(Interposed):
    """The dataset service: a download is requested, and served from a signed link on another host."""

    def __init__(self) -> None:
        super().__init__()
        self.exits = (FIXTURES / "lta-station-exits/current.geojson").read_bytes()
        self.others: dict[str, bytes] = {}
        """files of further datasets, by their identifiers"""
        self.files_url = ""
        self._numbers = itertools.count(1)

    def handle(self, request: SeenRequest) -> Reply | RawReply:
        if (reply := self.find(request)) is not None:
            return reply
        version, _, rest = request.path.partition("/public/api/datasets/")
        dataset_id, _, asked = rest.partition("/")
        is_known = dataset_id == DATASET or dataset_id in self.others
        if is_known and (version, asked) == ("/v1", "poll-download"):
            name = "exits" if dataset_id == DATASET else dataset_id
            link = f"{self.files_url}/{name}.geojson?X-Signature=signature-{next(self._numbers)}"
            return json_reply(datagov_envelope({"status": "DOWNLOAD_SUCCESS", "url": link}), status=201)
        if is_known and (version, asked) == ("/v2", "metadata"):
            facts = {"name": "LTA MRT Station Exit (GEOJSON)", "format": "GEOJSON", "lastUpdatedAt": UPDATED}
            return json_reply(datagov_envelope(facts))
        return json_reply({"code": 4, "name": "NOT_FOUND", "data": None, "errorMsg": "no such dataset"}, 404)

    def handle_file(self, request: SeenRequest) -> Reply | RawReply:
        if (reply := self.find(request)) is not None:
            return reply
        if "X-Signature" not in request.query:
            return Reply(403, b"<Error><Code>AccessDenied</Code></Error>")
        name = request.path.removeprefix("/").removesuffix(".geojson")
        return Reply(
            body=self.others.get(name, self.exits), headers={"Content-Type": "application/octet-stream"}
        )


class OneMap(Interposed):
    """The map service: tokens for an account, and a fuzzy search with ten hits per page."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.places: list[dict[str, Any]] = json.loads(
            (FIXTURES / "onemap-stations/places.json").read_bytes()
        )
        self.tokens = {READY_TOKEN}
        self.lifetime = timedelta(days=3)
        self._now = now
        self._numbers = itertools.count(1)

    def handle(self, request: SeenRequest) -> Reply | RawReply:
        if (reply := self.find(request)) is not None:
            return reply
        if (request.method, request.path) == ("POST", "/api/auth/post/getToken"):
            return self._give_token(json.loads(request.body))
        if request.path == "/api/common/elastic/search":
            return self.search(request)
        return json_reply({"error": "not found"}, 404)

    def _give_token(self, body: dict[str, str]) -> Reply:
        if body["email"] != EMAIL:
            return json_reply({"error": "User is not registered in the system."}, 404)
        if body["password"] != PASSWORD:
            return json_reply({"error": "Authentication failed."}, 401)
        token = f"{GIVEN_TOKEN}{next(self._numbers)}"
        self.tokens.add(token)
        expiry = int((self._now() + self.lifetime).timestamp())
        return json_reply({"access_token": token, "expiry_timestamp": str(expiry)})

    def search(self, request: SeenRequest) -> Reply:
        """Answer a search regularly."""
        given = request.headers.get("authorization", "")
        if not given:
            return json_reply({"error": "Authentication token is missing."}, 400)
        if given.removeprefix("Bearer ") not in self.tokens:
            return json_reply({"error": "Invalid or expired token."}, 401)
        return json_reply(self._page(request.query))

    def _page(self, query: dict[str, str]) -> dict[str, Any]:
        wanted = set(query["searchVal"].split())
        common = [len(wanted & set(place["SEARCHVAL"].split())) for place in self.places]
        ranked = sorted(range(len(self.places)), key=lambda number: -common[number])
        found = [self.places[number] for number in ranked if common[number]]
        number = int(query["pageNum"])
        return {
            "found": len(found),
            "totalNumPages": -(-len(found) // 10),
            "pageNum": number,
            "results": found[10 * (number - 1) : 10 * number],
        }


class DataMall(Interposed):
    """The transport service: rows in pages of 500, for requests with a key."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[str, list[Any]] = {
            "BusStops": json.loads((FIXTURES / "lta-bus-stops/stops.json").read_bytes()),
            "BusRoutes": json.loads((FIXTURES / "lta-bus-services/routes.json").read_bytes()),
            FACILITIES: [lift_row("NE14", "Hougang", "Exit A Street level - Concourse", "B1 L01")],
        }
        self.schedule = train_schedule()
        self.files_url = ""
        self._numbers = itertools.count(1)

    def handle(self, request: SeenRequest) -> Reply | RawReply:
        if (reply := self.find(request)) is not None:
            return reply
        service = request.path.removeprefix("/ltaodataservice/")
        if request.headers.get("accountkey") != ACCOUNT_KEY or service not in {*self.rows, SCHEDULE}:
            return Reply(404, b"The requested API was not found")
        if service == SCHEDULE:
            link = f"{self.files_url}/gtfs_schedule.zip?X-Amz-Signature=train-signature-{next(self._numbers)}"
            return json_reply({"value": [{"timestamp": SCHEDULE_MADE, "link": link}]})
        skipped = int(request.query.get("$skip", "0"))
        return json_reply({"odata.metadata": "…", "value": self.rows[service][skipped : skipped + 500]})

    def handle_file(self, request: SeenRequest) -> Reply | RawReply:
        """Answer requests with a signed link."""
        if (reply := self.find(request)) is not None:
            return reply
        if "X-Amz-Signature" not in request.query:
            return Reply(403, b"<Error><Code>AccessDenied</Code></Error>")
        return Reply(body=self.schedule, headers={"Content-Type": "binary/octet-stream"})


class SbsTransit(Interposed):
    """The operator's site: the stations of each line, and a page for each, by operator code."""

    def __init__(self) -> None:
        super().__init__()
        self.stations = {"NEL": {"HGN": "Hougang"}, "DTL": {"BGS": "Bugis"}}
        self.pages = {
            "HGN": station_page({"A": ["Hougang Mall"], "B": ["No place of interest"]}, ["A", "C"]),
            "BGS": station_page({"E": ["Duo Tower", "Raffles Hospital"]}, ["E"]),
        }
        self.faults: dict[str, Reply | RawReply] = {}
        """replies instead of some pages"""

    def handle(self, request: SeenRequest) -> Reply | RawReply:
        if (reply := self.find(request)) is not None:
            return reply
        if (request.method, request.path) == ("POST", "/Ajax/StationDropdown"):
            stations = self.stations[dict(parse_qsl(request.body.decode()))["TrainLine"]]
            options = (f'<option value="{code}">{name}</option>' for code, name in stations.items())
            return Reply(body=f'<option value="">Select</option>{"".join(options)}'.encode())
        if request.path == "/Service/TrainInformation":
            code = request.query["Station"]
            return self.faults.get(code) or Reply(body=self.pages[code])
        return Reply(404, b"not found")


class RailMap(Interposed):
    """LTA's rail map: an index, and a page for each station, by file name."""

    def __init__(self) -> None:
        super().__init__()
        self.stations = {"NEL/NE14": "Hougang", "EWL/EW12-DT14": "Bugis"}
        self.pages = {
            "NEL/NE14": rail_map_page("Hougang", {"A": ["Hougang Mall"], "B": ["Hougang Pk"]}),
            "EWL/EW12-DT14": rail_map_page("Bugis", {"E": ["Duo Tower", "Natl Design Ctr"]}),
        }
        self.faults: dict[str, Reply | RawReply] = {}
        """replies instead of some pages"""

    def handle(self, request: SeenRequest) -> Reply | RawReply:
        if (reply := self.find(request)) is not None:
            return reply
        if request.path == "/map/mrt/index.xml":
            return Reply(body=rail_map_index(self.stations), headers={"Content-Type": "text/xml"})
        name = request.path.removeprefix("/map/mrt/").removesuffix(".html")
        if name in self.faults or name in self.pages:
            return self.faults.get(name) or Reply(body=self.pages[name])
        return Reply(404, b"<html>not found</html>")


class Overpass(Interposed):
    """A server of the Overpass API: entrances, for clients that identify their operator."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[dict[str, Any]] = [
            osm_node(1, (1.3713, 103.8925), ref="A", wheelchair="yes"),
            osm_node(2, (1.3001, 103.8556), ref="Exit E", wheelchair="no"),
        ]

    def handle(self, request: SeenRequest) -> Reply | RawReply:
        if (reply := self.find(request)) is not None:
            return reply
        query = dict(parse_qsl(request.body.decode())).get("data", "")
        if request.method != "POST" or "subway_entrance" not in query:
            return Reply(400, b"<p>parse error</p>")
        if "(+" not in request.headers.get("user-agent", ""):
            return Reply(406, b"Not Acceptable")
        return json_reply(
            {"osm3s": {"timestamp_osm_base": "2026-11-23T04:00:00Z"}, "elements": self.elements}
        )


class Publishers:
    """All of these, serving while the block runs."""

    def __init__(self) -> None:
        self.time = FakeTime()
        self.timeout_s = 30.0
        self.datagov, self.onemap, self.datamall = DataGov(), OneMap(self.time.now), DataMall()
        self.sbs, self.rail_map, self.overpass = SbsTransit(), RailMap(), Overpass()
        self.datagov_server = LoopbackServer(self.datagov.handle)
        self.files_server = LoopbackServer(self.datagov.handle_file)
        self.onemap_server = LoopbackServer(self.onemap.handle)
        self.datamall_server = LoopbackServer(self.datamall.handle)
        self.schedule_server = LoopbackServer(self.datamall.handle_file)
        self.mrtdown = MrtdownRepository()
        self.mrtdown_server = LoopbackServer(self.mrtdown.handle)
        self.sbs_server = LoopbackServer(self.sbs.handle)
        self.rail_map_server = LoopbackServer(self.rail_map.handle)
        self.overpass_server = LoopbackServer(self.overpass.handle)
        self.servers = {
            "datagov": self.datagov_server,
            "datagov-file": self.files_server,
            "onemap": self.onemap_server,
            "datamall": self.datamall_server,
            "datamall-file": self.schedule_server,
            "mrtdown": self.mrtdown_server,
            "sbs_transit": self.sbs_server,
            "lta_rail_map": self.rail_map_server,
            "openstreetmap": self.overpass_server,
        }
        self.datagov.files_url = self.files_server.url
        self.datamall.files_url = self.schedule_server.url
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Self:
        for server in self.servers.values():
            self._open.enter_context(server)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def settings(self, mode: str = "live") -> Settings:
        """Return a configuration that leads here."""
        return Settings.model_validate(self.config(mode))

    @property
    def addresses(self) -> dict[str, dict[str, str]]:
        """Return the URLs that lead here, by section of ``apis`` and key."""
        datagov = {
            "base_url": f"{self.datagov_server.url}/v1/public/api",
            "metadata_url": f"{self.datagov_server.url}/v2/public/api",
        }
        return {
            "datagov": datagov,
            "official_places": datagov,
            "onemap": {"base_url": f"{self.onemap_server.url}/api"},
            "datamall": {"base_url": f"{self.datamall_server.url}/ltaodataservice"},
            "mrtdown": {"base_url": f"{self.mrtdown_server.url}/data"},
            "sbs_transit": {"base_url": self.sbs_server.url},
            "lta_rail_map": {"base_url": f"{self.rail_map_server.url}/map"},
            "openstreetmap": {"base_url": f"{self.overpass_server.url}/api/interpreter"},
        }

    def config(self, mode: str = "live") -> dict[str, Any]:
        """Return the configuration file's content."""
        return {
            "mode": mode,
            "contact": "https://example.org/ops",
            "apis": {api: urls | {"timeout": self.timeout_s} for api, urls in self.addresses.items()},
            "stages": {
                "stage1_ingestion": {"expected_exits": {"min": 1, "max": 20}},
                "stage2_enrichment": {"expected_bus_stops": {"min": 1}, "expected_bus_services": {"min": 1}},
            },
        }

    def access(self, folder: Path, mode: str = "live", **secrets: str) -> LocalAccess:
        """Return access to these services with every secret, or the given ones (empty: without it)."""
        given = {
            "onemap_api_key": READY_TOKEN,
            "lta_account_key": ACCOUNT_KEY,
            "datagov_api_key": DATAGOV_KEY,
        }
        held = {name: SecretStr(text) for name, text in (given | secrets).items() if text}
        access = LocalAccess(self.settings(mode), Secrets(**held), folder, self.time)
        self._open.callback(access.close)
        return access


class LocalAccess(SourceAccess):
    """Access whose retries take no time, and whose recorded tables are in a test's folder."""

    def __init__(self, settings: Settings, secrets: Secrets, folder: Path, time: FakeTime) -> None:
        super().__init__(
            settings,
            secrets=secrets,
            cache_dir=folder / "cache",
            now=time.now,
            sleep=time.sleep,
            notify=time.told.append,
        )
        self.recorded_folder = folder / "recorded"
        self._time = time

    def keeping(self, ttl_days: float) -> LocalAccess:
        """Return the same access, but with answers on disk reused for a number of days."""
        stages = self.settings.stages
        section = stages.stage1_ingestion.model_copy(update={"cache_ttl_days": ttl_days})
        other = copy.copy(self)
        other.settings = self.settings.model_copy(
            update={"stages": stages.model_copy(update={"stage1_ingestion": section})}
        )
        return other

    def recorded(self, document_id: str) -> Recording:
        return load_recording(document_id, self.recorded_folder)

    def recorded_sha256(self, document_id: str) -> str | None:
        return find_table_sha256(document_id, self.recorded_folder)

    def _open(self, section: ApiSection) -> HttpClient:
        return HttpClient(
            HttpOptions(
                timeout_s=section.timeout,
                base_urls=tuple(str(value) for name, value in section if name.endswith("_url")),
                contact=self.settings.contact,
            ),
            now=self.now,
            limiter=RateLimiter(clock=self._time.clock, sleep=self._time.sleep),
            sleep=self._time.sleep,
        )


def stop_rows(number: int) -> list[dict[str, Any]]:
    """Return rows of BusStops, each at its own position."""
    return [
        {
            "BusStopCode": f"{code:05}",
            "RoadName": "A Road",
            "Description": f"Blk {code}",
            "Latitude": 1.3 + code / 100_000,
            "Longitude": 103.8,
        }
        for code in range(number)
    ]


def call_rows(*services: tuple[str, int]) -> list[dict[str, Any]]:
    """Return rows of BusRoutes: each service calls at a number of stops in sequence."""
    return [
        {"ServiceNo": name, "Direction": 1, "StopSequence": place, "BusStopCode": f"{place:05}"}
        for name, number in services
        for place in range(1, number + 1)
    ]


def lift_row(
    code: str, name: str, description: str, lift_id: str = "B1L01", line: str = "NEL"
) -> dict[str, str]:
    """Return a row of v2/FacilitiesMaintenance."""
    return {
        "Line": line,
        "StationCode": code,
        "StationName": name,
        "LiftID": lift_id,
        "LiftDesc": description,
    }


def station_page(landmarks: Mapping[str, Sequence[str]], lifts: Sequence[str], toilets: str = "") -> bytes:
    """Return a page of SBS Transit's with lists by exit."""
    exits = "".join(f"<b>{label}</b> {'<br>'.join(names)}<br>" for label, names in landmarks.items())
    facilities = f"<b>Lifts</b><br>{'<br>'.join(lifts)}" + (f"<b>Toilets</b><br>{toilets}" if toilets else "")
    return (
        f"<!DOCTYPE html><html><body><h2>Station</h2><div><h4>Exits</h4>{exits}</div>"
        f"<div><h4>Common Facilities</h4>{facilities}</div><footer>SBS Transit</footer></body></html>"
    ).encode()


def rail_map_index(stations: Mapping[str, str]) -> bytes:
    """Return the index of LTA's rail map: names by file."""
    listed = "".join(
        f'<station id="{number}" name="{name}"><line/><file>mrt/{file}.html</file></station>'
        for number, (file, name) in enumerate(stations.items())
    )
    return f'<?xml version="1.0" encoding="utf-8"?><stations>{listed}</stations>'.encode()


def rail_map_page(name: str, landmarks: Mapping[str, Sequence[str]]) -> bytes:
    """Return a page of LTA's rail map with lists by exit."""
    rows = "".join(f"<tr><td>{label}</td><td>{'<br>'.join(of)}</td></tr>" for label, of in landmarks.items())
    return (
        f'<h4 class="mb-0">{name}</h4><h5>First train</h5><table><tr><td>Mon</td><td>0530</td></tr></table>'
        '<h5 class="mt-5">Exit Information</h5><table class="table"><tr><th>Exit</th><th>Landmark</th></tr>'
        f"{rows}</table>"
    ).encode()


def osm_node(number: int, place: tuple[float, float], **tags: str) -> dict[str, Any]:
    """Return an entrance as in the Overpass API; ``wheelchair__description`` is a key with a colon."""
    named = {name.replace("__", ":"): value for name, value in tags.items()}
    lat, lon = place
    tagged = {"railway": "subway_entrance", **named}
    return {"type": "node", "id": number, "lat": lat, "lon": lon, "tags": tagged}


def datagov_envelope(data: object) -> dict[str, object]:
    """Return data.gov.sg's envelope of successful replies."""
    return {"code": 0, "data": data, "errorMsg": ""}


def too_many_requests() -> Reply:
    """Return data.gov.sg's refusal with HTTP status 200."""
    return json_reply(
        {"code": 24, "name": "TOO_MANY_REQUESTS", "data": None, "errorMsg": "Slow down, please."}
    )


def bad_replies() -> Iterable[tuple[str, Reply]]:
    """Return the faulty answers that any service may give, each with its expected message."""
    return (
        ("status 500", Reply(500, b"Internal Server Error")),
        ("status 429", Reply(429, b"API limit(s) exceeded")),
        ("HTML or XML", Reply(body=b"<html><h1>Maintenance</h1></html>")),
        ("cut off", Reply(body=b'{"code": 0, "results": [{"a": 1}, {"value": [1, ')),
        ("closed the connection early", Reply(body=b"{}", content_length=100, ending="close")),
    )
