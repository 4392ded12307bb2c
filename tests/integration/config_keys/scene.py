"""A key's default and another value, and a setting in which the difference is visible.

    Case("output.versioning", False, name_of_the_folder, by_default="its start", when_changed="current")

``look`` makes a real run, or builds the part that uses the key and lets it work, and returns what is
observed. It is called once with the default and once with the other value; everything else is equal.
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
"""the network had five stations then, so that a run takes 0.2 seconds"""

Changes = Mapping[str, Any]
"""dotted keys and their values; any other key has its default"""

Outputs = tuple[Stage1Output, Stage2Output]

Kept = dict[tuple[Callable[..., Any], str], Any]
"""what was made, by its maker and configuration"""

MadeT = TypeVar("MadeT")

POOR: Changes = {"stages.stage2_enrichment.enabled": False}
"""a run without enrichment, which takes half the time"""

Look = Callable[["Scene", Changes], Any]
"""returns what is observed with a configuration"""


@dataclass(frozen=True)
class Case:
    """One key, another value for it, and the observation with each."""

    key: str
    changed: Any
    look: Look
    by_default: Any
    when_changed: Any
    given: Changes = field(default_factory=dict)
    """other keys set in both cases, so that the key matters"""


@dataclass(frozen=True)
class Run:
    """A run and its files."""

    place: Path
    """the working folder"""
    folder: Path
    """the run's folder inside it"""
    outcome: str
    """status of the run, or the name of the error that ended it"""

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
        """Return the checks with findings."""
        return {finding["check"] for finding in self.load("validation.json")["findings"]}

    @property
    def alerts(self) -> dict[str, str]:
        """Return the level of each alert in the run's file of alerts, by trigger."""
        raised = self.load("alerts.json") if self.has("alerts.json") else []
        return {alert["trigger"]: alert["level"] for alert in raised}


class Scene:
    """Working folders, and parts of the program built from a configuration.

    Attributes:
        names: host names; all are unknown, and look-ups are recorded.
        time: the clients' clock.
    """

    def __init__(self, folder: Path, names: FakeNames, kept: Kept) -> None:
        """Take a test's folder, and results of earlier tests, which are only read."""
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
        """Return a new working folder with one run."""
        place = self._folder / str(next(self._numbers))
        shutil.copytree(self.run(changes).place, place, symlinks=True)
        return place

    def close(self) -> None:
        """Close all connections."""
        for access in self._opened:
            access.close()

    def config(self, changes: Changes, place: Path | None = None) -> PipelineConfig:
        """Return the configuration from a file in a working folder."""
        path = (place or self.place()) / "pipeline.yaml"
        path.write_text(yaml.safe_dump(_nest(changes)))
        return PipelineConfig(path)

    def access(self, changes: Changes, place: Path | None = None) -> SourceAccess:
        """Return access to the sources, with waits that take no time."""
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
        """Return the context that a run passes to its stages."""
        access = self.access(changes, place)
        return RunContext(settings=access.settings, as_of=DAY, access=access, reporter=SeenReporter())

    def once(self, make: Callable[[Scene, Changes], MadeT], changes: Changes) -> MadeT:
        """Return the result of a maker for a configuration, made once and only read."""
        key = make, json.dumps(dict(changes), sort_keys=True)
        if key not in self._kept:
            self._kept[key] = make(self, changes)
        made: MadeT = self._kept[key]
        return made

    def run(self, changes: Changes) -> Run:
        """Return a run in its own folder, which is only read."""
        return self.once(run_anew, changes)

    def run_in(self, place: Path, changes: Changes, *, day: date = DAY) -> Run:
        """Make a run for a date in a working folder."""
        return self.carry_out(place, changes, lambda it: it.execute(RunRequest(as_of=day)).status.value)

    def carry_out(
        self,
        place: Path,
        changes: Changes,
        do: Callable[[PipelineOrchestrator], str],
    ) -> Run:
        """Let an orchestrator do something in a working folder, and return the resulting run.

        Args:
            place: the working folder.
            changes: the configuration.
            do: the action; returns the run's outcome, unless it raises one of our errors.
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
        """Return the default outputs of stages 1 and 2."""
        return self.once(_read_outputs, {})


def run_anew(scene: Scene, changes: Changes) -> Run:
    """Make a run, even if there was an equal one."""
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
    """Return a function that tells whether a run leaves a file."""
    return lambda scene, changes: scene.run(changes).has(name)


def has_finding(check: str) -> Look:
    """Return a function that tells whether a run has findings of a check."""
    return lambda scene, changes: check in scene.run(changes).checks


def names_looked_up(ask: Callable[[Scene, Changes], object]) -> Look:
    """Return a function that tells which hosts are looked up, none of which exist."""

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
