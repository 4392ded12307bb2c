"""A wiki's bad minute costs one run at most, and a page that was blanked is told: through the command."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.e2e.command import Workplace, load
from tests.fakes.crash_scene import assert_as_if_nothing_had_happened, results_of
from tests.fakes.http_server import RawReply, Reply, SeenRequest
from tests.fakes.live_world import SMALL_DAY, LiveWorld

pytestmark = pytest.mark.slow

RUN = ("run", "--as-of", SMALL_DAY)
SCRIPT = '<strong class="error"><span class="scribunto-error">The time allocated has expired.</span></strong>'
BLANK = '<div class="mw-parser-output"></div>'

FAULTS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "yishun": lambda parsed: parsed | {"text": ""},
    "bishan": lambda parsed: parsed | {"title": "Braddell MRT Station"},
    "khatib": lambda parsed: parsed | {"revid": parsed["revid"] + 1},
    "novena": lambda parsed: (
        parsed | {"text": parsed["text"].replace("</table>", f"</table><p>{SCRIPT}</p>", 1)}
    ),
    "orchard": lambda parsed: parsed | {"text": parsed["text"][: len(parsed["text"]) // 2]},
    "ang-mo-kio": lambda parsed: parsed | {"text": '<div class="mw-parser-output"><p>&#8203;</p></div>'},
    "toa-payoh": lambda parsed: parsed | {"text": "<div><style>.a{}</style></div>"},
    "city-hall": lambda parsed: parsed | {"text": "<h2>Exits</h2>"},
    "bugis": lambda parsed: parsed | {"text": "<p>The time allocated for running scripts has expired.</p>"},
    "newton": lambda parsed: parsed | {"categories": [{"category": "Pages_with_template_loops"}]},
}
"""what becomes of the first answer about a station's page"""


@pytest.fixture
def world() -> Iterator[LiveWorld]:
    with LiveWorld() as world:
        yield world


def _spoil_once(world: LiveWorld) -> None:
    """Let the wiki answer wrongly the first time that it is asked for each of some pages."""
    left = dict(FAULTS)
    regular = world.wiki.handle

    def handle(request: SeenRequest) -> Reply | RawReply:
        reply = regular(request)
        fault = left.pop(world.wiki.station_of(request) or "", None)
        if fault is None or not isinstance(reply, Reply) or not isinstance(reply.body, bytes):
            return reply
        parsed = fault(json.loads(reply.body)["parse"])
        return replace(reply, body=json.dumps({"parse": parsed}).encode())

    world.wiki_server.handler = handle


def test_pages_that_came_wrong_once_are_requested_again_and_come_out_as_if_nothing_had_happened(
    place: Workplace, world: LiveWorld, tmp_path_factory: pytest.TempPathFactory
) -> None:
    healthy = Workplace(tmp_path_factory.mktemp("healthy")).with_variables(**world.variables)
    assert healthy.call(*RUN).returncode == 0
    _spoil_once(world)
    place = place.with_variables(**world.variables)
    first = place.call(*RUN)
    assert first.returncode == 1
    assert first.stderr.count(f"returned nothing for {len(FAULTS)} stations") == 1, (
        "the refusal alone says so"
    )
    [run] = place.runs
    told = load(run / "stage2_enrichment.json")["enrichments"]
    assert {item["slug"] for item in told if item.get("failures")} == FAULTS.keys()
    again = place.call("run", "--as-of", SMALL_DAY, "--output-dir", run, "--retry-failed")
    assert again.returncode == 0, again.stderr
    assert_as_if_nothing_had_happened(place, results_of(healthy.latest))


def test_a_page_that_was_blanked_is_a_warning_that_names_station_and_page(
    place: Workplace, world: LiveWorld
) -> None:
    place = place.with_variables(**world.variables, MRT_PIPELINE__GATES__MAX_ENRICHED_LOST_SHARE="0.5")
    assert place.call(*RUN).returncode == 0
    title = "Yishun MRT Station"
    world.wiki.pages[title] = BLANK
    world.wiki.revise(title)
    result = place.call(*RUN)
    assert result.returncode == 0, result.stderr
    shown = " ".join(result.stderr.split())
    assert f"of the wiki's page '{title}' is blank" in shown
    assert re.search(r"Yishun: lost (its only value|all \d+ values) from fandom_wiki since ", shown)
    assert f"“{title}”, revision" in shown
    findings = load(place.latest / "validation.json")["findings"]
    blank = [found for found in findings if found["check"] == "wiki-page-blank"]
    assert [(found["slug"], found["severity"]) for found in blank] == [("yishun", "warning")]
