"""Every parser of foreign content: its inputs and its permitted results.

A target takes any bytes and returns a result or raises the one error that it documents. Any other exception
is a fault, and so is an answer that takes more than a second.
"""

from __future__ import annotations

import gc
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from random import Random
from signal import ITIMER_PROF, SIGPROF, setitimer, signal
from types import FrameType
from typing import Any

from mrt_pipeline.config.loading import load_settings
from mrt_pipeline.contracts.outputs import Stage1Output, Stage2Output, Stage3Output
from mrt_pipeline.errors import (
    ConfigError,
    CorruptCheckpointError,
    ModelCallError,
    SourceError,
    SourceFormatError,
)
from mrt_pipeline.extraction.page_reading import read_html
from mrt_pipeline.extraction.place_names import PlaceNames
from mrt_pipeline.extraction.replies import UnreadableReplyError, parse_reply, to_candidates
from mrt_pipeline.network import load_network
from mrt_pipeline.runtime.checkpoints import parse_checkpoint
from mrt_pipeline.runtime.files import to_json
from mrt_pipeline.runtime.manifests import MANIFEST_NAME, find_manifest
from mrt_pipeline.runtime.model_answers import parse_completion, parse_error
from mrt_pipeline.runtime.output_files import render_output
from mrt_pipeline.sources.fandom_wiki.titles import find_heads, search_titles
from mrt_pipeline.sources.official_places import PARKS
from mrt_pipeline.sources.official_places.outlines import to_areas
from mrt_pipeline.sources.official_places.parsing import parse_places
from mrt_pipeline.stages.stage2_enrichment import without_enrichment
from mrt_pipeline.stages.stage3_merger import merge
from tests.fakes.enrichment_sources import make_context, make_line
from tests.fakes.manifests import make_manifest, make_stage_record
from tests.fakes.model_server import fact, reply
from tests.fakes.network_builder import make_stage1
from tests.fakes.place_files import place_file
from tests.fuzz.damage import damaged, few_records
from tests.fuzz.source_parsers import find_parsers
from tests.unit.sources.fandom_scene import FakeWiki, page

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "fixtures"
MAX_SECONDS = 1.0
"""of processor time: a busy machine is not a parser's fault"""
MAX_LINE = 1000
TABS = (
    b"<div class=tabber><ul class=wds-tabs><li class='wds-tabs__tab'>Exit A</li></ul>"
    b"<div class='wds-tab__content'>Lift to street level</div>"
    b"<div class='tabbertab' title='Exit B'><ul><li>Bus stop 1</li></ul></div></div>"
)


@dataclass(frozen=True)
class Target:
    """One parser."""

    name: str
    parse: Callable[[bytes], object]
    refusals: tuple[type[Exception], ...]
    make_payloads: Callable[[], tuple[bytes, ...]]

    @cached_property
    def payloads(self) -> tuple[bytes, ...]:
        """Valid inputs."""
        return self.make_payloads()

    @cached_property
    def small_payloads(self) -> tuple[bytes, ...]:
        """A few records of each valid input."""
        return tuple(dict.fromkeys(few for payload in self.payloads for few in few_records(payload)))

    def input(self, seed: int, number: int) -> bytes:
        """Return an input, always the same for a seed and number."""
        chance = Random(f"{self.name} {seed} {number}")  # noqa: S311 # nothing is kept secret by it
        return damaged(chance, self.small_payloads, self.payloads)

    def check(self, content: bytes) -> float:
        """Feed the parser once.

        Returns: the processor time in seconds.
        """
        began = time.thread_time()
        with in_time():
            try:
                self.parse(content)
            except self.refusals as refusal:
                longest = max(map(len, str(refusal).splitlines()), default=0)
                assert longest < MAX_LINE, "a message that repeats what was sent"
        return time.thread_time() - began


def _pages() -> tuple[bytes, ...]:
    rendered: dict[str, str] = json.loads((FIXTURES / "fandom-wiki/rendered.json").read_bytes())
    return (*(html.encode() for html in rendered.values()), TABS)


def _read_page(content: bytes) -> object:
    return read_html(content.decode(errors="replace"), "Yishun MRT Station", _names())


@cache
def _names() -> PlaceNames:
    return PlaceNames.of(load_network())


def _read_outlines(content: bytes) -> object:
    return [to_areas(record.outline) for record in parse_places(PARKS, content).records]


def _parks() -> tuple[bytes, ...]:
    return (place_file("nparks-parks"),)


def _replies() -> tuple[bytes, ...]:
    lift = fact("A", "lift", "Exit A has a lift")
    platform = fact("A", quote="Platform A for trains towards Jurong East", towards="Jurong East", line="NSL")
    text = reply(access=[lift, lift], landmarks=[lift], bus_stops=[lift], platforms=[platform])
    return (text.encode(), f"```json\n{text}\n```".encode())


def _read_reply(content: bytes) -> object:
    return to_candidates(parse_reply(content.decode(errors="replace")))


def _completions() -> tuple[bytes, ...]:
    message = {"role": "assistant", "content": _replies()[0].decode(), "refusal": None}
    parts = {"role": "assistant", "content": [{"type": "text", "text": "{}"}]}
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "cost": 0.001}
    whole = [
        {"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage},
        {"choices": [{"message": parts, "finish_reason": "length"}]},
        {"error": {"code": 429, "message": "slow down"}},
    ]
    return tuple(json.dumps(answer).encode() for answer in whole)


def _read_completion(content: bytes) -> object:
    parse_error(content)
    return parse_completion(content)


def _wiki_answers() -> tuple[bytes, ...]:
    answers = [
        {"batchcomplete": True, "query": {"redirects": [{"from": "a", "to": "b"}], "pages": [page("b")]}},
        {"error": {"code": "maxlag", "info": "Waiting for a server", "lag": 7}},
        {"query": {"search": [{"title": "Yishun MRT Station"}]}},
    ]
    return tuple(json.dumps(answer).encode() for answer in answers)


def _read_wiki_answer(content: bytes) -> object:
    api = FakeWiki(lambda _: content).api()
    return find_heads(api, ["a", "b"]), search_titles(api, "Yishun")


def _configurations() -> tuple[bytes, ...]:
    some = (
        b"mode: live\nstages: {stage1_ingestion: {}}\n",
        b"mode: snapshot\nexecution:\n  reading: processes\n  workers: 2\nlogging:\n  format: plain\n",
        b"stages:\n  stage2_enrichment:\n    sources: [lta_datamall, network]\n    delay_seconds: 0.5\n"
        b"    expected_bus_stops: {min: 10, max: 20}\n",
        b"apis:\n  fandom:\n    base_url: https://wiki.example/wiki\ngates:\n  enabled: true\n",
    )
    return ((ROOT / "config" / "pipeline.yaml").read_bytes(), *some)


def _read_configuration(content: bytes) -> object:
    return load_settings(_put(content, "pipeline.yaml"), {})


@cache
def _outputs() -> tuple[Stage1Output, Stage2Output, Stage3Output]:
    stage1 = make_stage1(make_line(2))
    stage2 = without_enrichment(stage1, make_context(None))
    merged = merge(stage1, stage2)
    dataset = Stage3Output(
        metadata=stage1.metadata,
        stations=merged.stations,
        future_stations=(),
        provenance=merged.provenance,
        findings=(),
    )
    return stage1, stage2, dataset


def _checkpoints() -> tuple[bytes, ...]:
    return tuple(render_output(output) for output in _outputs())


def _read_checkpoint(content: bytes) -> object:
    kinds: tuple[type[Any], ...] = (Stage1Output, Stage2Output, Stage3Output)
    for kind in kinds:
        try:
            return parse_checkpoint(kind, Path("checkpoint.json"), content, "mrt-pipeline run")
        except CorruptCheckpointError as refusal:
            last = refusal
    raise last


def _manifests() -> tuple[bytes, ...]:
    stages = {name: make_stage_record(name, b"") for name in ("stage1_ingestion", "stage2_enrichment")}
    return (to_json(make_manifest(stages=stages)), to_json(make_manifest()))


def _read_manifest(content: bytes) -> object:
    return find_manifest(_put(content, MANIFEST_NAME).parent)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


def _put(content: bytes, name: str) -> Path:
    path = Path(_folder().name) / name
    path.write_bytes(content)
    return path


def _targets() -> Iterator[Target]:
    for name, parse, payloads in find_parsers():
        yield Target(name, parse, (SourceFormatError,), payloads)
    yield Target("outlines", _read_outlines, (SourceFormatError,), _parks)
    yield Target("wiki page", _read_page, (), _pages)
    yield Target("wiki answer", _read_wiki_answer, (SourceError,), _wiki_answers)
    yield Target("model reply", _read_reply, (UnreadableReplyError,), _replies)
    yield Target("model answer", _read_completion, (ModelCallError,), _completions)
    yield Target("yaml", _read_configuration, (ConfigError,), _configurations)
    yield Target("checkpoint", _read_checkpoint, (CorruptCheckpointError,), _checkpoints)
    yield Target("manifest", _read_manifest, (CorruptCheckpointError,), _manifests)


TARGETS: dict[str, Target] = {target.name: target for target in _targets()}


class HangError(BaseException):
    """A parser took too long; a BaseException, so that nobody catches it accidentally."""


@contextmanager
def in_time() -> Iterator[None]:
    """Stop a block that uses more processor time than an answer may take.

    Garbage collection is disabled meanwhile. After thousands of inputs most objects are the test's own, and
    examining them takes longer than any parser may; nor could the block be stopped then, since an exception
    in a collector's callback is lost.
    """

    def stop(_number: int, _frame: FrameType | None) -> Any:
        raise HangError(f"no answer within {MAX_SECONDS} s of processor time")

    before = signal(SIGPROF, stop)
    gc.disable()
    setitimer(ITIMER_PROF, MAX_SECONDS)
    try:
        yield
    finally:
        setitimer(ITIMER_PROF, 0)
        gc.enable()
        signal(SIGPROF, before)
