"""Every source of the registry, live, with every request answered badly: all is complete, or it is told.

``docs/going-live.md`` has the table. A source that is new in the registry is part of it at once: its URLs are
led to the server that ``LiveWorld`` has for its section of ``apis``, else to one that has nothing but 404.
"""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from mrt_pipeline.config.environment import override_variable
from mrt_pipeline.config.registry import all_sources, get_source, sources_of
from mrt_pipeline.contracts.names import STAGE2_ENRICHMENT
from mrt_pipeline.contracts.source_spec import SourceSpec
from tests.e2e.command import ROOT, Workplace, load
from tests.fakes.http_server import Handler, LoopbackServer, RawReply, Reply, SeenRequest, json_reply
from tests.fakes.live_world import LiveWorld
from tests.fakes.model_server import answers, completion, reply
from tests.fakes.mrtdown import MrtdownRepository
from tests.fakes.publishers import FACILITIES, SCHEDULE
from tests.figures import Say

pytestmark = pytest.mark.slow

HASTY = str(ROOT / "tests" / "fakes" / "hasty_command.py")
HTML = {"Content-Type": "text/html"}
PAGE = b"<!DOCTYPE html><html><body><h1>%s</h1></body></html>"
OWN_PATHS = {"lta_lifts": FACILITIES, "lta_train_gtfs": SCHEDULE}
"""of sources that share the server of another one, which is asked for all else"""
LINKING = ("/poll-download", SCHEDULE)
"""what is answered with a link to the file itself"""
DAYS = {"sbs_transit": "2019-01-13"}
"""of sources that say nothing of these stations, a day on which they do"""
LATER = "are left for a later run: 127.0.0.1:"
"""a model's server that gives no more today is named by its address, and the run stops at its budget"""
GONE = "/gone"
WELL, NOT_USED, ACCEPTED = "well", "not used", "accepted"
FIRST_DAY = "1987-11-07"
"""the network had five stations then"""
OTHER_SERVERS: dict[str, Handler] = {"openrouter": answers(completion(reply()))}
"""of sections of ``apis`` that ``LiveWorld`` does not serve"""
NOWHERE: Handler = lambda _: Reply(404, b"Not Found")  # noqa: E731
EMPTY: dict[str, list[str]] = {
    name: [] for name in ("value", "results", "features", "elements", "choices", "serviceIds")
}


def _dead_link(request: SeenRequest) -> Reply:
    if not request.path.endswith(LINKING):
        return Reply(404, b"Not Found")
    url = f"http://{request.headers['host']}{GONE}?X-Signature=1"
    data = {"status": "DOWNLOAD_SUCCESS", "url": url}
    return json_reply({"code": 0, "data": data, "value": [{"timestamp": FIRST_DAY, "link": url}]})


FORMS: dict[str, Handler] = {
    "masked 404": lambda _: Reply(body=PAGE % b"404 Not Found", headers=HTML),
    "dead link": _dead_link,
    "406": lambda _: Reply(406, b"Not Acceptable"),
    "429": lambda _: Reply(429, b"API limit(s) exceeded"),
    "504": lambda _: Reply(504, PAGE % b"Gateway Time-out", HTML),
    "cut answer": lambda _: Reply(body=b'{"value": [{"Line": "NS', content_length=9999, ending="close"),
    "empty list": lambda _: json_reply(EMPTY),
    "HTML": lambda _: Reply(body=PAGE % b"Maintenance", headers={"Content-Type": "application/json"}),
}


FAULTS = {**FORMS, ACCEPTED: FORMS["HTML"]}
Outcome = tuple[int, str, object]
"""exit code, everything that was told, and the stations, none if there is no dataset"""


@pytest.mark.parametrize("name", [spec.name for spec in all_sources() if spec.api])
def test_a_bad_answer_is_reported_with_its_source_and_changes_no_value_but_its_own(
    name: str, tmp_path: Path, say: Say
) -> None:
    spec = get_source(name)
    names = (name, f"apis.{spec.api}", *spec.input_ids, LATER)
    came_of = {form: _run(spec, form, tmp_path) for form in (WELL, NOT_USED, *FAULTS)}
    (_, well, healthy), (_, _, without), (code, told, accepted) = (
        came_of.pop(form) for form in (WELL, NOT_USED, ACCEPTED)
    )
    assert healthy is not None, well
    if spec.stage == STAGE2_ENRICHMENT:
        assert (code, accepted) in ((0, healthy), (0, without), (1, None)), told
    for form, (code, told, stations) in came_of.items():
        assert code == 1 or (code == 0 and (form == "empty list" or LATER in told)), (form, told)
        assert stations in (None, healthy, without), form
        naming = next((line for line in told.splitlines() if any(it in line for it in names)), "")
        assert naming or (code, stations) == (0, healthy), (form, told)
        whole = "whole" if stations == healthy else "none" if stations is None else "without it"
        say(f"| {name} | {form} | {code} | {whole} | {' '.join(naming.split())[:160]}")


def _run(spec: SourceSpec, form: str, folder: Path) -> Outcome:
    """Return what comes of a run with a source that answers in some form.

    The source is live, and so is what it reads, which is well; all others are as recorded. Each run has a
    folder and a cache of its own, so that no gate compares it with another form's.
    """
    place = Workplace(folder / re.sub(r"\W+", "-", form))
    place.folder.mkdir()
    flags = ("--accept-changes",) if form == ACCEPTED else ()
    with LiveWorld() as world, _serving(world, spec, form) as urls:
        live = place.with_variables(**_variables(world, spec, form), **urls)
        arguments = ("run", "--as-of", DAYS.get(spec.name, FIRST_DAY), "--output-dir", "run", *flags)
        result = live.call(*arguments, program=(sys.executable, HASTY))
    assert "Traceback" not in result.stderr, (form, result.stderr)
    run, told = place.folder / "run", f"{result.stdout}\n{result.stderr}\n"
    if (findings := run / "validation.json").exists():
        told += findings.read_text("utf-8")
    dataset = run / "stage3_final.json"
    return result.returncode, told, load(dataset)["stations"] if dataset.exists() else None


def _variables(world: LiveWorld, spec: SourceSpec, form: str) -> dict[str, str]:
    used = [*spec.reads, *(() if form == NOT_USED else (spec.name,))]
    if spec.stage == STAGE2_ENRICHMENT:
        used.append("network")
    else:
        used = [one.name for one in sources_of(spec.stage) if one.name != spec.name or form != NOT_USED]
    live = {one.api for one in map(get_source, used) if one.name in (spec.name, *spec.reads)}
    secrets = {name for one in all_sources() if one.credentials for name in one.credentials.alternatives[0]}
    return {
        **dict.fromkeys(secrets, "a-key-of-this-test"),
        **{name: text for name, text in world.variables.items() if name != "MRT_PIPELINE__MODE"},
        **{override_variable(("apis", api, "mode")): "live" for api in live},
        override_variable(("contact",)): "https://example.org/ops",
        override_variable(("stages", spec.stage, "sources")): f"[{', '.join(used)}]",
    }


@contextlib.contextmanager
def _serving(world: LiveWorld, spec: SourceSpec, form: str) -> Iterator[dict[str, str]]:
    """Let a source's server answer in some form, and yield the variables that lead to one of its own."""
    world.publishers.mrtdown_server.handler = MrtdownRepository(date.fromisoformat(FIRST_DAY)).handle
    own = [url for key, url in world.addresses.items() if key.startswith(f"apis.{spec.api}.")]
    servers = [it for it in world.servers.values() if any(f"{url}/".startswith(f"{it.url}/") for url in own)]
    with contextlib.ExitStack() as stack:
        if not servers:
            servers = [stack.enter_context(LoopbackServer(OTHER_SERVERS.get(spec.api, NOWHERE)))]
        for server in servers if form in FAULTS else ():
            server.handler = _faulty(server.handler, spec.name, FAULTS[form])
        assert spec.section is not None
        urls = [] if own else [field for field in spec.section.model_fields if field.endswith("_url")]
        yield {override_variable(("apis", spec.api, field)): servers[0].url for field in urls}


def _faulty(regular: Handler, name: str, fault: Handler) -> Handler:
    def is_meant(request: SeenRequest) -> bool:
        asked = request.path.endswith(tuple(OWN_PATHS.values()))
        return request.path.endswith(OWN_PATHS[name]) if name in OWN_PATHS else not asked

    def handle(request: SeenRequest) -> Reply | RawReply:
        return fault(request) if is_meant(request) or request.path == GONE else regular(request)

    return handle
