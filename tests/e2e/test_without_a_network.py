"""Live runs whose services cannot be reached: told while it is waited, and what to do at the end."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

import pytest

from tests.e2e.command import ROOT, Workplace, load
from tests.fakes.http_server import LoopbackServer, Reply, json_reply
from tests.fakes.live_world import SMALL_DAY, LiveWorld

pytestmark = pytest.mark.slow

RUN = ("run", "--as-of", SMALL_DAY)
HASTY = str(ROOT / "tests" / "fakes" / "hasty_command.py")
RETRY = re.compile(r"could not be reached: .*; attempt [123] of 4 failed\. Retrying in \d+\.\d s\.$")
SERVICES = {
    "datagov": (("BASE_URL", "METADATA_URL"), "lta-station-exits", "stage1_ingestion"),
    "onemap": (("BASE_URL",), "onemap-stations", "stage1_ingestion"),
    "datamall": (("BASE_URL",), "lta-bus-stops", "stage2_enrichment"),
}


@pytest.fixture
def nowhere() -> Iterator[str]:
    """Yield the address of a port that refuses every connection: it is taken, and nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.mark.parametrize("api", SERVICES)
def test_each_wait_is_reported_and_the_end_says_how_to_go_on_and_how_to_do_without(
    api: str, place: Workplace, nowhere: str
) -> None:
    keys, document, stage = SERVICES[api]
    with LiveWorld() as world:
        gone = {f"MRT_PIPELINE__APIS__{api.upper()}__{key}": nowhere for key in keys}
        live = place.with_variables(**(world.variables | gone))
        result = live.call(*RUN, program=(place.command()[0], HASTY))
        assert result.returncode == 1
        [run] = place.runs
        told = [line for line in result.stderr.splitlines() if RETRY.search(line)]
        assert len(told) == 3 * len(keys)
        assert all(line.startswith(f"{document}: {nowhere}") for line in told)
        error = result.stderr.partition("Error: ")[2]
        assert error.startswith(f"{document}: {nowhere}")
        assert "could not be reached" in error
        assert f"To use the recorded copy instead, set apis.{api}.mode to snapshot." in error
        command = error.partition("Resume with: mrt-pipeline ")[2]
        assert f"--output-dir outputs/{run.name} --skip-existing --as-of {SMALL_DAY}" in command
        manifest = load(run / "manifest.json")
        assert manifest["error"] in error
        assert manifest["stages"][stage]["status"] == "failed"

        without = live.with_variables(**{f"MRT_PIPELINE__APIS__{api.upper()}__MODE": "snapshot"})
        went_on = without.call(*command.split())
        assert went_on.returncode == 0, went_on.stderr


def test_a_wiki_that_cannot_be_reached_is_reported_in_the_same_way(place: Workplace, nowhere: str) -> None:
    with LiveWorld() as world:
        gone = {"MRT_PIPELINE__APIS__FANDOM__BASE_URL": f"{nowhere}/wiki"}
        result = place.with_variables(**(world.variables | gone)).call(
            *RUN, program=(place.command()[0], HASTY)
        )
    assert result.returncode == 1
    told = [line for line in result.stderr.splitlines() if RETRY.search(line)]
    assert len(told) == 3
    error = result.stderr.partition("Error: ")[2]
    assert "--retry-failed" in error
    assert "to publish without this data: mrt-pipeline run" in error
    assert "connection refused." in error


def test_a_wiki_that_asks_for_patience_is_waited_for_and_that_is_reported(place: Workplace) -> None:
    with LiveWorld() as world:
        regular = world.wiki_server.handler
        lag = {"error": {"code": "maxlag", "info": "Waiting for a database server."}}
        world.wiki_server.handler = lambda request: (
            json_reply(lag) if len(world.wiki_server.requests) == 1 else regular(request)
        )
        result = place.with_variables(**world.variables).call(*RUN)
    assert result.returncode == 0, result.stderr
    assert "/api.php responded with error maxlag; retrying in 0.1 s." in result.stderr


def test_a_message_that_names_the_way_round_does_not_name_it_twice(place: Workplace) -> None:
    with LoopbackServer(lambda _: Reply(401)) as server:
        live = place.with_variables(
            MRT_PIPELINE__APIS__DATAMALL__MODE="live",
            MRT_PIPELINE__APIS__DATAMALL__BASE_URL=server.url,
            LTA_ACCOUNT_KEY="an-account-key",
        )
        result = live.call(*RUN)
    assert result.returncode == 1
    assert "--skip-existing" in result.stderr
    assert result.stderr.count("apis.datamall.mode") == 1


def test_recorded_facts_that_are_refused_are_not_to_be_replaced_by_themselves(place: Workplace) -> None:
    refused = place.with_variables(MRT_PIPELINE__STAGES__STAGE1_INGESTION__EXPECTED_EXITS__MIN="800")
    result = refused.call(*RUN)
    assert result.returncode == 1
    assert "Error: lta-station-exits: " in result.stderr
    assert "apis.datagov.mode" not in result.stderr
