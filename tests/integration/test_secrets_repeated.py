"""Services that repeat a secret, in each form, where it hurts: it gets into no file and no message.

Each case is a whole command on loopback services, one of which answers with what it was sent or what it gave
before. Afterwards nothing that the command wrote, showed or sent holds the secret in any form.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mrt_pipeline.cli import app
from tests.e2e.command import SHIPPED_CONFIG
from tests.fakes.http_server import LoopbackServer, Reply, SeenRequest, json_reply
from tests.fakes.live_world import SMALL_DAY, LiveWorld
from tests.fakes.publishers import EMAIL, datagov_envelope
from tests.fakes.secret_forms import FORMS, every_form
from tests.fakes.surroundings import isolate

pytestmark = pytest.mark.slow

KEY = 'k"e\\y/w+1 <&%41~z9'
"""may stand in a header"""
PASSWORD = 'p"ä\\ss/w+ör d€&<%41🚇'
TOKEN = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJmNzM4NTk-_x"
SIGNATURE = "0A1b2C3d/4e5F+6a7b=="

SNAPSHOT = {"MRT_PIPELINE__MODE": "snapshot"}
BUSES = {
    **SNAPSHOT,
    "MRT_PIPELINE__APIS__DATAMALL__MODE": "live",
    "MRT_PIPELINE__STAGES__STAGE2_ENRICHMENT__SOURCES": "[lta_datamall, network]",
    "LTA_ACCOUNT_KEY": KEY,
}
WIKI = {
    **SNAPSHOT,
    "MRT_PIPELINE__APIS__FANDOM__MODE": "live",
    "MRT_PIPELINE__STAGES__STAGE2_ENRICHMENT__SOURCES": "[network, fandom_wiki]",
    "LTA_ACCOUNT_KEY": KEY,
}
ACCOUNT = {"ONEMAP_API_KEY": "", "ONEMAP_EMAIL": EMAIL, "ONEMAP_PASSWORD": PASSWORD}

Serve = Callable[[LiveWorld, str], None]


@dataclass(frozen=True)
class Place:
    """Where a service repeats a secret, and what is made of it."""

    serve: Serve
    """lets the service repeat a text"""
    secret: str
    variables: dict[str, str] = field(default_factory=dict)
    named: str = ""
    """what the command says of it"""
    stage: str = ""
    exit_code: int = 1


def _always(path_end: str, service: str, reply_of: Callable[[str], Reply]) -> Serve:
    """Return what lets a service give one reply to all requests of a path."""

    def serve(world: LiveWorld, text: str) -> None:
        answering = {"onemap": world.publishers.onemap, "datagov": world.publishers.datagov}.get(
            service, world.publishers.datamall
        )
        answering.interpose(path_end, *[reply_of(text)] * 100)

    return serve


def _said(status: int = 422) -> Callable[[str], Reply]:
    return lambda text: Reply(status, f"You sent {text} here.".encode())


def _hits(text: str) -> Reply:
    hit = {"SEARCHVAL": text, "BUILDING": text, "ADDRESS": text, "LATITUDE": "1.3", "LONGITUDE": "103.8"}
    return json_reply({"found": 1, "totalNumPages": 1, "pageNum": 1, "results": [hit]})


def _error_beside_hits(text: str) -> Reply:
    return json_reply({"error": f"token {text}", "found": 0, "totalNumPages": 0, "results": []})


def _refused_by_datagov(text: str) -> Reply:
    return json_reply({"code": 4, "name": "BAD", "data": None, "errorMsg": f"key {text}"})


def _features(text: str) -> Reply:
    return json_reply({"type": "FeatureCollection", "features": [], "name": text})


def _token_then_hits(world: LiveWorld, text: str) -> None:
    """Give a token, and repeat it in the hits for it."""
    world.publishers.onemap.interpose("getToken", json_reply({"access_token": TOKEN}))
    _always("search", "onemap", _hits)(world, text)


def _link_then_error(world: LiveWorld, text: str) -> None:
    link = f"{world.publishers.datagov.files_url}/exits.geojson?X-Amz-Signature={SIGNATURE}"
    link = link.replace("+", "%2B")
    reply = json_reply(datagov_envelope({"status": "DOWNLOAD_SUCCESS", "url": link}))
    world.publishers.datagov.interpose("poll-download", *[reply] * 9)
    world.publishers.datagov.interpose("exits.geojson", *[_said(422)(text)] * 9)


def _wiki_page(world: LiveWorld, text: str) -> None:
    table = (
        "<h2>Exits</h2><table><tr><th>Exit</th><th>Landmarks</th></tr><tr><td>A</td><td>{}</td></tr></table>"
    )
    world.wiki.pages = dict.fromkeys(world.wiki.pages, table.format(text))


PLACES = {
    "OneMap, an error in a 422": Place(
        _always("search", "onemap", _said()), KEY, {"ONEMAP_API_KEY": KEY}, "onemap-stations", "1"
    ),
    "OneMap, an error in a 200": Place(
        _always("search", "onemap", lambda text: json_reply({"error": text})),
        KEY,
        {"ONEMAP_API_KEY": KEY},
        "ONEMAP_API_KEY",
        "1",
    ),
    "OneMap, an error beside hits": Place(
        _always("search", "onemap", _error_beside_hits), KEY, {"ONEMAP_API_KEY": KEY}, "ONEMAP_API_KEY", "1"
    ),
    "OneMap, hits": Place(
        _always("search", "onemap", _hits), KEY, {"ONEMAP_API_KEY": KEY}, "ONEMAP_API_KEY", "1"
    ),
    "OneMap, hits with a token got for a password": Place(
        _token_then_hits, TOKEN, ACCOUNT, "the token of OneMap", "1"
    ),
    "OneMap, the password in a 422": Place(
        _always("getToken", "onemap", _said()), PASSWORD, ACCOUNT, "onemap-stations", "1"
    ),
    "data.gov.sg, errorMsg of the download": Place(
        _always("poll-download", "datagov", _refused_by_datagov),
        KEY,
        {"DATAGOV_API_KEY": KEY},
        "lta-station-exits",
        "1",
    ),
    "data.gov.sg, errorMsg of the metadata": Place(
        _always("metadata", "datagov", _refused_by_datagov),
        KEY,
        {"DATAGOV_API_KEY": KEY},
        "Stage 1/3 ingestion",
        "1",
        exit_code=0,
    ),
    "data.gov.sg, the file": Place(
        _always("exits.geojson", "datagov", _features), KEY, {"DATAGOV_API_KEY": KEY}, "DATAGOV_API_KEY", "1"
    ),
    "data.gov.sg, the signature of a link": Place(_link_then_error, SIGNATURE, {}, "lta-station-exits", "1"),
    "DataMall, value": Place(
        _always("BusStops", "datamall", lambda text: json_reply({"value": text})),
        KEY,
        BUSES,
        "LTA_ACCOUNT_KEY",
    ),
    "DataMall, rows": Place(
        _always("BusStops", "datamall", lambda text: json_reply({"value": [{"BusStopCode": text}]})),
        KEY,
        BUSES,
        "LTA_ACCOUNT_KEY",
    ),
    "DataMall, an error in a 422": Place(
        _always("BusStops", "datamall", _said()), KEY, BUSES, "lta-bus-stops"
    ),
    "the wiki, a page": Place(_wiki_page, KEY, WIKI, "LTA_ACCOUNT_KEY"),
}
CASES = [
    ("OneMap, an error in a 422", "in JSON"),
    ("OneMap, an error in a 422", "in a header"),
    ("OneMap, an error in a 200", "as it is"),
    ("OneMap, an error in a 200", "in a URL"),
    ("OneMap, an error beside hits", "as it is"),
    ("OneMap, an error beside hits", "in a login"),
    ("OneMap, hits", "as it is"),
    ("OneMap, hits", "in HTML"),
    ("OneMap, hits", "in JSON, each character"),
    ("OneMap, hits with a token got for a password", "as it is"),
    ("OneMap, hits with a token got for a password", "in a URL in a URL"),
    ("OneMap, the password in a 422", "in JSON"),
    ("OneMap, the password in a 422", "in a URL"),
    ("OneMap, the password in a 422", "in a form"),
    ("OneMap, the password in a 422", "in a login"),
    ("data.gov.sg, errorMsg of the download", "as it is"),
    ("data.gov.sg, errorMsg of the download", "in a URL, small letters"),
    ("data.gov.sg, errorMsg of the metadata", "as it is"),
    ("data.gov.sg, errorMsg of the metadata", "in JSON in JSON"),
    ("data.gov.sg, the file", "as it is"),
    ("data.gov.sg, the file", "in a login, URL-safe"),
    ("data.gov.sg, the signature of a link", "as it is"),
    ("data.gov.sg, the signature of a link", "in a URL"),
    ("DataMall, value", "as it is"),
    ("DataMall, value", "in JSON in HTML"),
    ("DataMall, rows", "in Python"),
    ("DataMall, an error in a 422", "in HTML, each character"),
    ("DataMall, an error in a 422", "in a login in a URL"),
    ("the wiki, a page", "as it is"),
    ("the wiki, a page", "in HTML"),
]


@pytest.fixture
def told() -> Iterator[tuple[LoopbackServer, list[bytes]]]:
    """Yield a server that takes alerts and lineage, and what it was sent."""
    sent: list[bytes] = []
    lock = threading.Lock()

    def take(request: SeenRequest) -> Reply:
        with lock:
            sent.append(request.body)
        return Reply(204)

    with LoopbackServer(take) as server:
        yield server, sent


def _run(stage: str) -> int:
    """Run the command in this process and return its exit code."""
    sys.argv = ["mrt-pipeline", "run", "--as-of", SMALL_DAY, *(["--stage", stage] if stage else [])]
    with pytest.raises(SystemExit) as ended:
        app.main()
    code = ended.value.code
    return code if isinstance(code, int) else 0


def _everything_below(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.mark.parametrize(("place", "form"), CASES)
def test_a_secret_that_a_service_repeats_gets_nowhere(
    place: str,
    form: str,
    told: tuple[LoopbackServer, list[bytes]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    case, (hook, sent) = PLACES[place], told
    isolate(tmp_path, monkeypatch)
    for module, name in ((sys, "argv"), (sys, "excepthook"), (threading, "excepthook")):
        monkeypatch.setattr(module, name, getattr(module, name))  # what the command sets ends with the test
    with LiveWorld() as world:
        lineage = {"ENABLED": "true", "TRANSPORT": "http", "URL": hook.url}
        variables = {
            **world.variables,
            "PIPELINE_CONFIG": str(SHIPPED_CONFIG),
            "MRT_PIPELINE_CACHE": str(tmp_path / "cache"),
            "MRT_PIPELINE__ALERTING__ENABLED": "true",
            "MRT_PIPELINE__ALERTING__ON_FAILURE": "[log, file]",
            **{f"MRT_PIPELINE__LINEAGE__{key}": value for key, value in lineage.items()},
            **case.variables,
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        case.serve(world, FORMS[form](case.secret).strip())
        assert _run(case.stage) == case.exit_code
    shown = "".join(capfd.readouterr())
    assert case.named in shown
    left = b"\n".join([_everything_below(tmp_path), shown.encode(), *sent])
    assert [found for found in every_form(case.secret) if found in left] == []
    assert sent
