"""Every live source but the model on loopback servers, serving the recorded network and a page per station.

    with LiveWorld() as world:
        place.with_variables(**world.variables).call("run", "--as-of", SMALL_DAY)

The facts are those recorded in the package, in the publishers' own formats, with an eighth of the bus
services to keep runs short. The wiki has a page for every station; about thirty were rendered by a real
MediaWiki, the others are a plain table.
"""

from __future__ import annotations

import contextlib
import json
import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from mrt_pipeline.config.environment import override_variable
from mrt_pipeline.extraction.place_names import PlaceNames
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.recordings import load_recording
from tests.fakes.http_server import LoopbackServer, RawReply, Reply, SeenRequest, json_reply
from tests.fakes.place_files import place_files
from tests.fakes.publishers import ACCOUNT_KEY, DATAGOV_KEY, READY_TOKEN, Publishers

SMALL_DAY = "1990-12-20"
"""the network had 42 stations then"""
RENDERED = Path(__file__).parents[1] / "fixtures/fandom-wiki/rendered.json"
EVERY_NTH_SERVICE = 8
KINDS = ("MRT Station", "LRT Station", "MRT/LRT Station")


class LiveWorld:
    """The publishers and the wiki, serving while the block runs."""

    def __init__(self) -> None:
        self.publishers = Publishers()
        self.publishers.datagov.exits = _exits()
        self.publishers.datagov.others = place_files()
        self.publishers.onemap.places = _places()
        self.publishers.datamall.rows |= _bus_rows()
        self.publishers.onemap_server.handler = self._search_one_page
        self.wiki = Wiki()
        self.wiki_server = LoopbackServer(self.wiki.handle)
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self._open.enter_context(self.publishers)
        self._open.enter_context(self.wiki_server)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, trace)

    @property
    def servers(self) -> dict[str, LoopbackServer]:
        """Return the server of each service by its name."""
        return {**self.publishers.servers, "fandom": self.wiki_server}

    def release(self) -> None:
        """Release every request that hangs."""
        for server in self.servers.values():
            server.release()

    @property
    def addresses(self) -> dict[str, str]:
        """Return the dotted key of each service's URL, and the URL that leads here."""
        sections = {**self.publishers.addresses, "fandom": {"base_url": f"{self.wiki_server.url}/wiki"}}
        return {f"apis.{api}.{key}": url for api, urls in sections.items() for key, url in urls.items()}

    @property
    def variables(self) -> dict[str, str]:
        """Return environment variables for a command that reads all this."""
        stage2 = {
            "SOURCES": "[lta_datamall, network, fandom_wiki]",
            "EXPECTED_BUS_STOPS__MIN": "1",
            "EXPECTED_BUS_SERVICES__MIN": "1",
            "RETRY_DELAY_SECONDS": "0.1",
        }
        return {
            "MRT_PIPELINE__MODE": "live",
            "ONEMAP_API_KEY": READY_TOKEN,
            "LTA_ACCOUNT_KEY": ACCOUNT_KEY,
            "DATAGOV_API_KEY": DATAGOV_KEY,
            **{override_variable(tuple(key.split("."))): url for key, url in self.addresses.items()},
            **{f"MRT_PIPELINE__STAGES__STAGE2_ENRICHMENT__{key}": value for key, value in stage2.items()},
        }

    def _search_one_page(self, request: SeenRequest) -> Reply | RawReply:
        """Limit a search to one page: it has the station, and four more would be unnecessary requests."""
        reply = self.publishers.onemap.handle(request)
        if not isinstance(reply, Reply) or reply.status != 200 or not isinstance(reply.body, bytes):
            return reply
        answer = json.loads(reply.body)
        if "totalNumPages" not in answer:
            return reply
        return json_reply(answer | {"totalNumPages": 1, "found": len(answer["results"])})


class Wiki:
    """A wiki that has a page with one revision for each station, under any title that station pages use."""

    def __init__(self) -> None:
        rendered: dict[str, str] = json.loads(RENDERED.read_bytes())
        names = load_network().names.values()
        self.pages = {f"{name} {kind}": TABLE for name in names for kind in KINDS} | rendered
        self.revisions = {title: 1000 + zlib.crc32(title.encode()) % 10**8 for title in self.pages}
        self.touched = dict.fromkeys(self.pages, "2026-11-01T00:00:00Z")
        self._names = PlaceNames.of(load_network())
        self._titles = {str(number): title for title, number in self.revisions.items()}

    def handle(self, request: SeenRequest) -> Reply | RawReply:
        """Answer the three kinds of requests."""
        query = request.query
        if request.path != "/api.php":
            return Reply(404, b"no such page")
        if query["action"] == "parse":
            title = self._titles[query["oldid"]]
            said = {"text": self.pages[title], "wikitext": self.source_of(title)}
            told = {part: said[part] for part in query["prop"].split("|") if part in said}
            return json_reply({"parse": {"title": title, "revid": int(query["oldid"]), **told}})
        if query.get("list") == "search":
            return json_reply({"batchcomplete": True, "query": {"search": []}})
        heads = [self._head(title) for title in query["titles"].split("|")]
        return json_reply({"batchcomplete": True, "query": {"pages": heads}})

    def station_of(self, request: SeenRequest) -> str | None:
        """Return the slug of the station whose page is requested, or None."""
        title = self._titles.get(request.query.get("oldid", ""))
        return None if title is None else self._names.slug_of_title(title)

    def source_of(self, title: str) -> str:
        """Return the source of a page: only its words, since markup would not be shown."""
        return re.sub(r"<[^>]*>", " ", self.pages[title]).strip()

    def revise(self, title: str) -> None:
        """Give a page a new revision."""
        number = 10**9 + self.revisions[title]
        self.revisions[title] = number
        self._titles[str(number)] = title

    def touch(self, title: str, more: str = "") -> None:
        """Simulate the edit of a page's template: the page may show more, without a new revision."""
        self.pages[title] += more
        self.touched[title] = "2026-11-02T00:00:00Z"

    def _head(self, title: str) -> dict[str, Any]:
        number = self.revisions.get(title)
        if number is None:
            return {"ns": 0, "title": title, "missing": True}
        size = len(self.source_of(title).encode())
        revision = {"revid": number, "parentid": 0, "size": size}
        head = {"pageid": number, "ns": 0, "title": title, "revisions": [revision]}
        return {**head, "touched": self.touched[title]}


TABLE = (
    "<h2>Exits</h2><table><tr><th>Exit</th><th>Landmarks</th><th>Lift</th></tr>"
    "<tr><td>A</td><td>Community Club</td><td>Yes</td></tr>"
    "<tr><td>B</td><td>Market</td><td>No</td></tr></table>"
)


def _exits() -> bytes:
    features = [
        {
            "type": "Feature",
            "properties": {
                "OBJECTID": int(row["record_id"]),
                "STATION_NA": row["station_na"],
                "EXIT_CODE": row["exit_code"],
            },
            "geometry": {"type": "Point", "coordinates": [float(row["lng"]), float(row["lat"])]},
        }
        for row in load_recording("lta-station-exits").rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def _places() -> list[dict[str, Any]]:
    return [
        {
            "SEARCHVAL": (name := _building(row)),
            "BUILDING": name,
            "LATITUDE": row["lat"],
            "LONGITUDE": row["lng"],
        }
        for row in load_recording("onemap-stations").rows
    ]


def _building(row: Mapping[str, str]) -> str:
    code = row["station_code"]
    mode = "LRT" if code[:2] in ("BP", "SW", "SE", "PW", "PE", "ST", "PT") else "MRT"
    return f"{row['building'].upper()} {mode} STATION ({code})"


def _bus_rows() -> dict[str, list[Any]]:
    services = load_recording("lta-bus-services").rows[::EVERY_NTH_SERVICE]
    called_at = {code for row in services for code in row["stop_codes"].split()}
    stops = [
        {
            "BusStopCode": row["bus_stop_code"],
            "RoadName": row["road_name"],
            "Description": row["description"],
            "Latitude": float(row["lat"]),
            "Longitude": float(row["lng"]),
        }
        for row in load_recording("lta-bus-stops").rows
        if row["bus_stop_code"] in called_at
    ]
    calls = [
        {
            "ServiceNo": row["service_no"],
            "Direction": int(row["direction"]),
            "StopSequence": place,
            "BusStopCode": code,
        }
        for row in services
        for place, code in enumerate(row["stop_codes"].split(), start=1)
    ]
    return {"BusStops": stops, "BusRoutes": calls}
