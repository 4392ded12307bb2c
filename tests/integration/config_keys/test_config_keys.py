"""No key of the configuration is dead: for each, something differs that somebody can see."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mrt_pipeline.config.keys import value_keys
from tests.fakes.http_server import RELEASE_TIMEOUT_S, LoopbackServer, Reply, SeenRequest
from tests.fakes.names import FakeNames
from tests.fakes.publishers import ACCOUNT_KEY, DATAGOV_KEY, READY_TOKEN
from tests.fakes.surroundings import isolate
from tests.integration.config_keys import (
    model_cases,
    publishing_cases,
    reading_cases,
    source_cases,
    telling_cases,
)
from tests.integration.config_keys.scene import Case, Kept, Scene
from tests.integration.config_keys.timeouts import TIMEOUTS

pytestmark = pytest.mark.slow

CASES = (
    *source_cases.CASES,
    *model_cases.CASES,
    *reading_cases.CASES,
    *publishing_cases.CASES,
    *telling_cases.CASES,
)
SECRETS = {
    "ONEMAP_API_KEY": READY_TOKEN,
    "LTA_ACCOUNT_KEY": ACCOUNT_KEY,
    "DATAGOV_API_KEY": DATAGOV_KEY,
    "OPENROUTER_API_KEY": "sk-or-v1-c0ffee",
}
SHORT_S = 0.05
CERTIFICATE = Path(__file__).parents[2] / "fixtures/tls/localhost.pem"


@pytest.fixture(scope="module")
def kept() -> Kept:
    """Return what any case has made, which others may look at too."""
    return {}


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: Kept) -> Iterator[Scene]:
    isolate(tmp_path, monkeypatch)
    for name, secret in SECRETS.items():
        monkeypatch.setenv(name, secret)
    monkeypatch.setenv("MRT_PIPELINE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))  # each client reads it: a short one
    names = FakeNames()
    names.install(monkeypatch)
    scene = Scene(tmp_path, names, kept)
    yield scene
    scene.close()


def test_every_key_that_holds_a_value_has_one_case() -> None:
    assert sorted([*(case.key for case in CASES), *TIMEOUTS]) == sorted(map(".".join, value_keys()))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.key)
def test_another_value_of_a_key_is_seen(case: Case, scene: Scene) -> None:
    assert case.key not in case.given, "the first look must find the default"
    by_default = case.look(scene, case.given)
    when_changed = case.look(scene, {**case.given, case.key: case.changed})
    assert (by_default, when_changed) == (case.by_default, case.when_changed)
    assert by_default != when_changed


@pytest.mark.parametrize("key", TIMEOUTS)
def test_a_silent_server_is_waited_for_by_default_when_a_shorter_timeout_has_given_up(
    key: str, scene: Scene
) -> None:
    ask, arrived = TIMEOUTS[key], threading.Event()

    def hang(request: SeenRequest) -> Reply:
        arrived.set()
        request.hang()
        return Reply()

    with ThreadPoolExecutor() as threads, LoopbackServer(hang) as server:
        by_default = threads.submit(ask, scene, {}, server.url)
        assert arrived.wait(RELEASE_TIMEOUT_S)  # so that of two equal timeouts the default's ends first
        assert not ask(scene, {key: SHORT_S}, server.url)
        server.release()
        assert by_default.result()
