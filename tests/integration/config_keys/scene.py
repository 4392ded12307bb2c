"""A key's default and another value, and the surroundings in which somebody can see the difference.

    Case("output.versioning", False, name_of_the_folder, by_default="its start", when_changed="current")

``look`` makes a real run, or builds the part that uses the key and lets it work, and returns what can be seen
of it. It is asked once with the default and once with the other value; all else is equal.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml

from mrt_pipeline.config import PipelineConfig
from mrt_pipeline.contracts.outputs import Stage1Output, Stage2Output
from mrt_pipeline.errors import MrtPipelineError
from mrt_pipeline.orchestrator import PipelineOrchestrator, RunRequest
from mrt_pipeline.runtime.context import RunContext
from mrt_pipeline.runtime.output_files import read_output
from mrt_pipeline.runtime.source_access import SourceAccess
from tests.fakes.enrichment_sources import SeenReporter
from tests.fakes.fake_time import FakeTime
from tests.fakes.names import FakeNames

DAY = date(1987, 11, 15)
"""the network had five stations then, so that a run takes a fifth of a second"""

Changes = Mapping[str, Any]
"""dotted keys and their values; any other key has its default"""

Outputs = tuple[Stage1Output, Stage2Output]

Kept = dict[tuple[Callable[..., Any], str], Any]
"""what was made, by its maker and configuration"""

MadeT = TypeVar("MadeT")

POOR: Changes = {"stages.stage2_enrichment.enabled": False}
"""a run whose exits have nothing on them, in half the time"""

Look = Callable[["Scene", Changes], Any]
"""returns what can be seen of a configuration"""


@dataclass(frozen=True)
class Case:
    """One key, another value for it, and what can be seen of both."""

    key: str
    changed: Any
    look: Look
    by_default: Any
    when_changed: Any
    given: Changes = field(default_factory=dict)
    """what else is set, both times, so that the key matters"""


@dataclass(frozen=True)
class Run:
    """A run that was made, and what it left."""

    place: Path
    """the working folder"""
    folder: Path
    """the run's own, in it"""
    outcome: str
    """how it stands, or the name of the error that ended it"""

    def load(self, name: str) -> Any:
        """Return a JSON file of the run."""
        return json.loads((self.folder / name).read_bytes())

    def load_lines(self, name: str) -> list[Any]:
        """Return a file of one JSON object per line."""
        return [json.loads(line) for line in (self.folder / name).read_bytes().splitlines()]

    def has(self, name: str) -> bool:
        """Return whether the run left a file."""
        return (self.folder / name).exists()

    @property
    def exits(self) -> list[Any]:
        """Return every exit of the dataset."""
        return [found for station in self.load("stage3_final.json")["stations"] for found in station["exits"]]

    @property
    def checks(self) -> set[str]:
        """Return the checks that found something, or had something to say."""
        return {finding["check"] for finding in self.load("validation.json")["findings"]}

    @property
    def alerts(self) -> dict[str, str]:
        """Return the level of each alert in the run's file of alerts, by what raised it."""
        raised = self.load("alerts.json") if self.has("alerts.json") else []
        return {alert["trigger"]: alert["level"] for alert in raised}


class Scene:
    """Working folders, and the parts of the program as a configuration makes them.

    Attributes:
        names: host names; none is known, and it is remembered which were looked up.
        time: what clients sleep by.
    """

    def __init__(self, folder: Path, names: FakeNames, kept: Kept) -> None:
        """Take a folder of the test's, and what earlier tests made, only to be looked at."""
        self.names = names
        self.time = FakeTime()
        self._folder = folder
        self._kept = kept
        self._numbers = itertools.count(1)
        self._opened: list[SourceAccess] = []

    def place(self) -> Path:
        """Return a new working folder."""
        place = self._folder / str(next(self._numbers))
        place.mkdir()
        return place

    def place_after(self, changes: Changes) -> Path:
        """Return a new working folder in which one run was made."""
        place = self._folder / str(next(self._numbers))
        shutil.copytree(self.run(changes).place, place, symlinks=True)
        return place

    def close(self) -> None:
        """Close all connections."""
        for access in self._opened:
            access.close()

    def config(self, changes: Changes, place: Path | None = None) -> PipelineConfig:
        """Return the configuration that a file in a working folder gives."""
        path = (place or self.place()) / "pipeline.yaml"
        path.write_text(yaml.safe_dump(_nest(changes)))
        return PipelineConfig(path)

    def access(self, changes: Changes, place: Path | None = None) -> SourceAccess:
        """Return access to the sources, whose waits take no time."""
        place = place or self.place()
        config = self.config(changes, place)
        access = SourceAccess(
            config.settings,
            secrets=config.secrets(),
            cache_dir=place / "cache",
            now=self.time.now,
            sleep=self.time.sleep,
        )
        self._opened.append(access)
        return access

    def context(self, changes: Changes, place: Path | None = None) -> RunContext:
        """Return what a run hands to its stages."""
        access = self.access(changes, place)
        return RunContext(settings=access.settings, as_of=DAY, access=access, reporter=SeenReporter())

    def once(self, make: Callable[[Scene, Changes], MadeT], changes: Changes) -> MadeT:
        """Return what is made of a configuration, only to be looked at; nothing is made twice."""
        key = make, json.dumps(dict(changes), sort_keys=True)
        if key not in self._kept:
            self._kept[key] = make(self, changes)
        made: MadeT = self._kept[key]
        return made

    def run(self, changes: Changes) -> Run:
        """Return a run in a folder of its own, only to be looked at."""
        return self.once(run_anew, changes)

    def run_in(self, place: Path, changes: Changes, *, day: date = DAY) -> Run:
        """Make a run in a working folder that describes a day."""
        return self.carry_out(place, changes, lambda it: it.execute(RunRequest(as_of=day)).status.value)

    def carry_out(
        self,
        place: Path,
        changes: Changes,
        do: Callable[[PipelineOrchestrator], str],
    ) -> Run:
        """Let an orchestrator do something in a working folder, and return the run that comes of it.

        Args:
            place: the working folder.
            changes: the configuration.
            do: what is done; it returns the run's outcome, unless it raises an error of ours.
        """
        self.config(changes, place)
        with contextlib.chdir(place):
            orchestrator = PipelineOrchestrator("pipeline.yaml", as_of=DAY)
            try:
                outcome = do(orchestrator)
            except MrtPipelineError as error:
                outcome = type(error).__name__
        return Run(place, place / (orchestrator.output_base_dir or "no-folder"), outcome)

    def outputs(self) -> Outputs:
        """Return what stages 1 and 2 make by default."""
        return self.once(_read_outputs, {})


def run_anew(scene: Scene, changes: Changes) -> Run:
    """Make a run, whether or not there was one like it."""
    return scene.run_in(scene.place(), changes)


def _read_outputs(scene: Scene, changes: Changes) -> Outputs:
    folder = scene.run(changes).folder
    return (
        read_output(Stage1Output, (folder / "stage1_deterministic.json").read_bytes()),
        read_output(Stage2Output, (folder / "stage2_enrichment.json").read_bytes()),
    )


def outcome(scene: Scene, changes: Changes) -> str:
    """Return how a run ends."""
    return scene.run(changes).outcome


def has_file(name: str) -> Look:
    """Return what tells whether a run leaves a file."""
    return lambda scene, changes: scene.run(changes).has(name)


def has_finding(check: str) -> Look:
    """Return what tells whether a check of a run finds something."""
    return lambda scene, changes: check in scene.run(changes).checks


def names_looked_up(ask: Callable[[Scene, Changes], object]) -> Look:
    """Return what tells which hosts somebody wants to reach, none of which can be."""

    def look(scene: Scene, changes: Changes) -> set[str]:
        scene.names.asked.clear()
        with contextlib.suppress(MrtPipelineError):
            ask(scene, changes)
        return set(scene.names.asked)

    return look


def _nest(changes: Changes) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for key, value in changes.items():
        *sections, name = key.split(".")
        below = tree
        for section in sections:
            below = below.setdefault(section, {})
        below[name] = value
    return tree
