"""Every source with every fault, through the real command: the dataset is complete, or exit 1 and why.

The table that this prints stands in ``docs/durability.md``.
"""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.command import ROOT, Workplace, load
from tests.fakes.crash_scene import results_of
from tests.fakes.http_server import Handler, RawReply, Reply, SeenRequest, gzip_bomb
from tests.fakes.live_world import SMALL_DAY, LiveWorld
from tests.figures import Say

pytestmark = pytest.mark.real_parts

RUN = ("run", "--as-of", SMALL_DAY)
HASTY = str(ROOT / "tests" / "fakes" / "hasty_command.py")
TIMEOUT_S = "0.3"
NOWHERE = "http://127.0.0.1:9"
"""the discard port, on which nothing listens"""
BOMB_MIB = 80
"""an answer may have 64"""


@dataclass(frozen=True)
class Part:
    """One kind of request to one source."""

    server: str
    """of ``LiveWorld.servers``"""
    section: str
    """of ``apis``"""
    named: tuple[str, ...]
    """words of which an error must have one"""
    concerns: Callable[[SeenRequest], bool] = lambda _: True


PARTS = {
    "datagov": Part("datagov", "datagov", ("lta-station-exits",), lambda r: r.path.endswith("poll-download")),
    "datagov file": Part("datagov-file", "datagov", ("lta-station-exits",)),
    "onemap": Part("onemap", "onemap", ("onemap-stations",)),
    "datamall": Part("datamall", "datamall", ("lta-bus-stops", "lta-bus-services")),
    "wiki titles": Part("fandom", "fandom", ("fandom",), lambda r: r.query.get("action") == "query"),
    "wiki pages": Part("fandom", "fandom", ("fandom",), lambda r: r.query.get("action") == "parse"),
}


def _always(reply: Reply | RawReply) -> Callable[[Handler], Handler]:
    return lambda _: lambda _request: reply


def _at_first(number: int, reply: Reply | RawReply) -> Callable[[Handler], Handler]:
    """Answer so many requests in this way, and then as always."""

    def interpose(regular: Handler) -> Handler:
        left = iter(range(number))
        lock = threading.Lock()

        def handle(request: SeenRequest) -> Reply | RawReply:
            with lock:
                is_faulty = next(left, None) is not None
            return reply if is_faulty else regular(request)

        return handle

    return interpose


def _every_fifth(reply: Reply) -> Callable[[Handler], Handler]:
    def interpose(regular: Handler) -> Handler:
        numbers = itertools.count(1)
        return lambda request: reply if next(numbers) % 5 == 0 else regular(request)

    return interpose


def _changed(change: Callable[[Reply], Reply]) -> Callable[[Handler], Handler]:
    """Answer as always, but damaged."""

    def interpose(regular: Handler) -> Handler:
        def handle(request: SeenRequest) -> Reply | RawReply:
            reply = regular(request)
            assert isinstance(reply, Reply)
            return change(reply)

        return handle

    return interpose


def _hanging(_regular: Handler) -> Handler:
    def handle(request: SeenRequest) -> Reply:
        request.hang()
        return Reply(503)

    return handle


def _half(reply: Reply) -> bytes:
    assert isinstance(reply.body, bytes)
    return reply.body[: len(reply.body) // 2]


def _reset(reply: Reply) -> Reply:
    assert isinstance(reply.body, bytes)
    return Reply(reply.status, _half(reply), reply.headers, len(reply.body), "reset")


FAULTS: dict[str, Callable[[Handler], Handler]] = {
    "down": _always(RawReply(())),
    "slow": _hanging,
    "429": _always(Reply(429, b"API limit(s) exceeded")),
    "429, twice": _at_first(2, Reply(429)),
    "429, Retry-After: 1, twice": _at_first(2, Reply(429, headers={"Retry-After": "1"})),
    "429, Retry-After: 3600": _always(Reply(429, headers={"Retry-After": "3600"})),
    "500": _always(Reply(500, b"Internal Server Error")),
    "500, three times": _at_first(3, Reply(500, b"Internal Server Error")),
    "reset in the middle": _changed(_reset),
    "HTML instead of JSON": _always(
        Reply(body=b"<html><h1>Maintenance</h1></html>", headers={"Content-Type": "text/html"})
    ),
    "JSON as text/plain": _changed(lambda r: Reply(r.status, r.body, {"Content-Type": "text/plain"})),
    "cut JSON": _changed(lambda r: Reply(r.status, _half(r), r.headers)),
    "gzip bomb": _always(gzip_bomb(BOMB_MIB)),
    "404 for every fifth": _every_fifth(Reply(404, b"Not Found")),
}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return what comes of sources without a fault."""
    place = Workplace(tmp_path_factory.mktemp("whole"))
    with LiveWorld() as world:
        result = place.with_variables(**world.variables).call(*RUN)
    assert result.returncode == 0, result.stderr
    return results_of(place.latest)


@pytest.mark.parametrize("part_name", PARTS)
def test_a_source_with_a_fault_never_makes_the_dataset_smaller_in_silence(
    part_name: str, tmp_path: Path, expected: dict[str, bytes], say: Say
) -> None:
    part = PARTS[part_name]

    def case(fault: str) -> str:
        place = Workplace(tmp_path / re.sub(r"\W", "-", fault))
        place.folder.mkdir()
        return _check(place, part, fault, expected)

    with ThreadPoolExecutor(2) as pool:
        lines = list(pool.map(case, [*FAULTS, "nothing listens"]))
    for fault, line in zip([*FAULTS, "nothing listens"], lines, strict=True):
        say(f"| {part_name} | {fault} | {line} |")


def _check(place: Workplace, part: Part, fault: str, expected: dict[str, bytes]) -> str:
    """Run with a fault and return the rest of its line of the table."""
    with LiveWorld() as world:
        variables = {**world.variables, f"MRT_PIPELINE__APIS__{part.section.upper()}__TIMEOUT": TIMEOUT_S}
        if fault == "nothing listens":
            variables |= _leading_nowhere(world, part, variables)
        else:
            server = world.servers[part.server]
            server.handler = _faulty(server.handler, part, FAULTS[fault])
        live = place.with_variables(**variables)
        result = live.call(*RUN, program=(place.command()[0], HASTY))
        world.release()
        assert "Traceback" not in result.stderr, (fault, result.stderr)
        if result.returncode == 0:
            assert results_of(place.latest) == expected, fault
            return "0 | 42 | complete"
        assert result.returncode == 1, (fault, result.stderr)
        error = result.stderr.partition("Error: ")[2]
        assert "A bug in" not in error, error
        assert any(name in error for name in part.named), (fault, error)
        assert not place.latest.exists()
        assert load(place.runs[-1] / "manifest.json")["status"] == "failed"
        return f"1 | none | {_short(error)}"


def _faulty(regular: Handler, part: Part, fault: Callable[[Handler], Handler]) -> Handler:
    faulty = fault(regular)
    return lambda request: faulty(request) if part.concerns(request) else regular(request)


def _leading_nowhere(world: LiveWorld, part: Part, variables: dict[str, str]) -> dict[str, str]:
    if part.server == "datagov-file":
        world.publishers.datagov.files_url = NOWHERE
        return {}
    url = world.servers[part.server].url
    return {
        name: value.replace(url, NOWHERE)
        for name, value in variables.items()
        if part.section.upper() in name and url in value
    }


def _short(error: str) -> str:
    """Return an error as the table shows it, without what differs each time."""
    text = re.sub(r"http://127\.0\.0\.1:\d+", "…", " ".join(error.split()))
    return re.sub(r" Try these stations again with: .*? - ", " … ", text)[:200]
