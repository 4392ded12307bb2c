"""Run our own command in a separate process, as a person would, in a test's own folder and environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SHIPPED_CONFIG = ROOT / "config" / "pipeline.yaml"
MRT_PIPELINE = (sys.executable, "-m", "mrt_pipeline")
SHOWN = "shown.txt"
SCRIPT = (sys.executable, str(ROOT / "src" / "orchestrator.py"))


@dataclass(frozen=True)
class Workplace:
    """A working folder with its own cache and home; nothing of the developer's machine leaks in."""

    folder: Path
    variables: dict[str, str] = field(default_factory=dict)
    timeout_s: float = 60
    """how long a command may take"""

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of a command: a path, a home, and what the test sets."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "MRT_PIPELINE_CACHE": str(self.folder / "cache"),
            "PIPELINE_CONFIG": str(SHIPPED_CONFIG),
            "COLUMNS": "200",
            **self.variables,
        }

    def command(self, *arguments: str | Path, program: tuple[str, ...] = MRT_PIPELINE) -> list[str]:
        """Return the arguments of a command line."""
        return [*program, *map(str, arguments)]

    def call(
        self, *arguments: str | Path, program: tuple[str, ...] = MRT_PIPELINE, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            self.command(*arguments, program=program),
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=self.timeout_s,
            check=False,
            **options,
        )

    def start(self, *arguments: str | Path, **options: Any) -> subprocess.Popen[str]:
        """Start a command and return its process."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    @property
    def outputs(self) -> Path:
        """Return the folder of all runs."""
        return self.folder / "outputs"

    @property
    def latest(self) -> Path:
        """Return the run that ``latest`` points to."""
        return self.outputs / "latest"

    @property
    def runs(self) -> list[Path]:
        """Return every run folder, by name."""
        return sorted(path for path in self.outputs.iterdir() if path.is_dir() and not path.is_symlink())

    def with_variables(self, **variables: str) -> Workplace:
        """Return the same workplace with more environment variables."""
        return replace(self, variables={**self.variables, **variables})


def load(path: Path) -> Any:
    """Return a JSON file's content."""
    return json.loads(path.read_bytes())


def stations_bytes(run: Path) -> bytes:
    """Return the ``stations`` of a dataset as canonical bytes."""
    return json.dumps(load(run / "stage3_final.json")["stations"], ensure_ascii=False).encode()


def how_stages_ran(run: Path) -> dict[str, tuple[bool, str]]:
    """Return for each stage whether it was reused, and why, according to the manifest."""
    stages = load(run / "manifest.json")["stages"]
    return {name: (record["reused"], record["reason"]) for name, record in stages.items()}
