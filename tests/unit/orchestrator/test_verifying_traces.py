from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from mrt_pipeline.config import Secrets, Settings
from mrt_pipeline.config.registry import get_source
from mrt_pipeline.contracts.run import Trace
from mrt_pipeline.orchestrator.verifying import MAX_ASKED, complete_trace, find_change
from mrt_pipeline.runtime.http_cache import HttpCache, key_of
from mrt_pipeline.runtime.source_access import SourceAccess
from mrt_pipeline.runtime.traces import KEPT, Tracer
from mrt_pipeline.sources.lta_lifts.kept import FILE, FOLDER
from mrt_pipeline.sources.lta_lifts.reading import LiftStore
from tests.fakes.fake_time import START, FakeTime
from tests.fakes.http_server import LoopbackServer, Reply, SeenRequest

EXITS, LIFTS, WIKI = "lta-station-exits", "lta-lifts", "fandom-wiki"
EXITS_URL = "https://data.example/exits"
SPECS = (get_source("lta_lifts"), get_source("fandom_wiki"))
TTL_DAYS = 30.0
KEY = "an-account-key"


class Scene:
    """A service, a cache, and the trace of a stage that was told ``a`` by both."""

    def __init__(self, folder: Path, server: LoopbackServer) -> None:
        self.time = FakeTime()
        self.answer = b"a"
        self.server = server
        server.handler = self._reply
        self.access = SourceAccess(
            Settings.model_validate(
                {
                    "mode": "live",
                    "apis": {
                        "datamall": {"base_url": server.url},
                        "fandom": {"base_url": f"{server.url}/wiki"},
                    },
                }
            ),
            secrets=Secrets(lta_account_key=SecretStr(KEY)),
            cache_dir=folder,
            now=self.time.now,
            sleep=self.time.sleep,
        )
        self.keep(b"a")
        tracer = self.access.tracer
        tracer.note(EXITS, key_of(EXITS_URL), b"a")
        tracer.note(LIFTS, f"{server.url}/lifts", b"a")
        tracer.note(WIKI, f"{server.url}/api.php?action=query&titles=A%7CB", b"a")
        self.trace = complete_trace(tracer.trace, self.access, SPECS)

    def keep(self, body: bytes) -> None:
        """Keep an answer about exits on the disk."""
        HttpCache(self.access.cache_dir / "http").keep(EXITS_URL, EXITS_URL, {}, body, self.time.now())

    def find_change(self, trace: Trace | None = None) -> str | None:
        """Return what is different from when the stage was told."""
        return find_change(self.trace if trace is None else trace, self.access, SPECS, TTL_DAYS)

    def _reply(self, request: SeenRequest) -> Reply:
        is_known = request.path != "/lifts" or request.headers.get("accountkey") == KEY
        return Reply(body=self.answer) if is_known else Reply(404)


@contextmanager
def _scene(folder: Path) -> Iterator[Scene]:
    with LoopbackServer(lambda _: Reply(404)) as server:
        scene = Scene(folder, server)
        yield scene
        scene.access.close()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with _scene(tmp_path) as opened:
        yield opened


def test_answers_that_are_the_same_are_no_change_and_only_those_not_kept_are_asked_for(scene: Scene) -> None:
    assert scene.find_change() is None
    assert [(it.path, it.query) for it in scene.server.requests] == [
        ("/api.php", {"action": "query", "titles": "A|B"}),
        ("/lifts", {}),
    ]


@given(st.binary(min_size=1, max_size=50), st.data())
def test_a_changed_byte_in_a_kept_answer_is_a_change(content: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(content) - 1))
    other = bytearray(content)
    other[place] ^= data.draw(st.integers(1, 255))
    tracer = Tracer()
    tracer.note(EXITS, key_of(EXITS_URL), content)
    with TemporaryDirectory() as folder, _scene(Path(folder)) as scene:
        scene.keep(content)
        assert find_change(tracer.trace, scene.access, (), TTL_DAYS) is None
        scene.keep(bytes(other))
        assert (
            find_change(tracer.trace, scene.access, (), TTL_DAYS) == f"a response about {EXITS} has changed"
        )


def test_a_service_that_answers_differently_is_a_change(scene: Scene) -> None:
    scene.answer = b"b"
    assert scene.find_change() == f"{WIKI} gives a different response"


def test_a_service_that_does_not_answer_is_a_change(scene: Scene) -> None:
    scene.server.handler = lambda _: Reply(500)
    found = scene.find_change()
    assert found is not None
    assert found.startswith(f"{WIKI} could not be asked again")


def test_an_answer_that_is_gone_or_too_old_is_a_change(scene: Scene) -> None:
    gone = f"a response about {EXITS} is no longer kept, or older than cache_ttl_days"
    scene.time.advance(days=TTL_DAYS)
    assert scene.find_change() == gone
    scene.keep(b"a")
    assert scene.find_change() is None
    HttpCache(scene.access.cache_dir / "http").clear()
    assert scene.find_change() == gone


def test_a_lift_that_another_run_has_learnt_is_a_change(scene: Scene) -> None:
    LiftStore(scene.access.cache_dir / FOLDER, now=START, warn=pytest.fail).learn(())
    scene.trace = complete_trace(scene.access.tracer.trace, scene.access, SPECS)
    assert scene.find_change() is None
    with closing(sqlite3.connect(scene.access.cache_dir / FOLDER / FILE)) as connection, connection:
        connection.execute("INSERT INTO lifts VALUES ('NSL', 'NS13', 'Yishun', 'B1L01', 'Exit A', '', '')")
    assert scene.find_change() == "what is kept for lta_lifts has changed"
    assert not scene.server.requests[2:]


def test_pages_that_are_no_longer_kept_are_a_change(scene: Scene) -> None:
    trace = {**scene.trace, "fandom_wiki": {KEPT: "0" * 64}}
    assert scene.find_change(trace) == "what is kept for fandom_wiki has changed"


def test_what_a_source_of_another_package_reads_is_not_known(scene: Scene) -> None:
    foreign = replace(get_source("lta_lifts"), package="somewhere.else", kept_state="")
    assert (
        find_change(scene.trace, scene.access, (foreign,), TTL_DAYS) == "what lta_lifts reads is not traced"
    )


def test_a_source_that_a_trace_says_nothing_of_may_have_told_anything(scene: Scene) -> None:
    trace = {name: told for name, told in scene.trace.items() if "wiki" not in name}
    assert scene.find_change(trace) == "what fandom_wiki reads is not traced"


def test_a_document_of_no_source_cannot_be_requested(scene: Scene) -> None:
    found = scene.find_change({**scene.trace, "a-document": {f"{scene.server.url}/x": "0" * 64}})
    assert found is not None
    assert "no source is known that has it" in found


def test_a_stage_with_much_to_ask_again_asks_itself(scene: Scene) -> None:
    asked = {f"{scene.server.url}/{number}": "0" * 64 for number in range(MAX_ASKED + 1)}
    found = find_change({WIKI: asked}, scene.access, (), TTL_DAYS)
    assert found == f"{MAX_ASKED + 1} responses are not kept on disk"
    assert not scene.server.requests


def test_a_tracer_forgets_what_an_earlier_stage_was_told() -> None:
    tracer = Tracer()
    tracer.note(EXITS, "b", b"1")
    tracer.note(EXITS, "a", b"1")
    assert list(tracer.trace[EXITS]) == ["a", "b"]
    tracer.begin()
    assert tracer.trace == {}
