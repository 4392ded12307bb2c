"""A process that a limit leaves too little memory says so, before a library without any hangs or aborts."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import MRT_PIPELINE, SCRIPT, Workplace

MIB = 2**20
LIVE = {"MRT_PIPELINE__MODE": "live"}
DATASET = Path(__file__).parents[1] / "fixtures/schema-1/stage3_final.json"


def limited(kind: int, allowed_mib: int) -> dict[str, Any]:
    """Return what gives a command so much memory."""
    return {"preexec_fn": lambda: resource.setrlimit(kind, (allowed_mib * MIB, allowed_mib * MIB))}


@pytest.mark.slow
@pytest.mark.parametrize("program", [(*MRT_PIPELINE, "run"), SCRIPT])
@pytest.mark.parametrize(
    ("kind", "allowed_mib", "flag", "variables"),
    [
        (resource.RLIMIT_AS, 156, "-v", {}),
        (resource.RLIMIT_AS, 255, "-v", {}),
        (resource.RLIMIT_AS, 300, "-v", LIVE),
        (resource.RLIMIT_AS, 1023, "-v", LIVE),
        (resource.RLIMIT_DATA, 100, "-d", {}),
        (resource.RLIMIT_DATA, 511, "-d", LIVE),
    ],
)
def test_too_little_memory_ends_in_one_sentence(
    program: tuple[str, ...],
    kind: int,
    allowed_mib: int,
    flag: str,
    variables: dict[str, str],
    tmp_path: Path,
) -> None:
    place = Workplace(tmp_path, variables)
    result = place.call(program=program, **limited(kind, allowed_mib))
    assert (result.returncode, result.stdout) == (1, "")
    assert f"Error: ulimit {flag} leaves this process {allowed_mib} MiB; expected room for " in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "allowed_mib"), [(resource.RLIMIT_AS, 127), (resource.RLIMIT_DATA, 95)])
def test_what_needs_no_dataset_needs_little_memory(kind: int, allowed_mib: int, tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    for command in (["--help"], ["--version"], ["run", "--help"], ["runs"], ["plan"], ["config", "check"]):
        result = place.call(*command, **limited(kind, allowed_mib))
        assert result.returncode == 0, (command, result.stderr)
    refused = place.call("diff", DATASET, DATASET, **limited(kind, allowed_mib))
    assert refused.returncode == 1
    assert f"leaves this process {allowed_mib} MiB" in refused.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("run", "read"),
    [
        ((resource.RLIMIT_AS, 256), (resource.RLIMIT_AS, 128)),
        ((resource.RLIMIT_DATA, 192), (resource.RLIMIT_DATA, 96)),
    ],
)
def test_what_is_not_refused_ends_well(run: tuple[int, int], read: tuple[int, int], tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    for command, limit in ((["run", "--as-of", "2026-11-23"], run), (["diff", "latest", "latest"], read)):
        result = place.call(*command, **limited(*limit))
        assert result.returncode == 0, (command, result.stderr)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("too_little", "flag", "enough"),
    [
        ((resource.RLIMIT_AS, 511), "-v", (resource.RLIMIT_AS, 512)),
        ((resource.RLIMIT_DATA, 319), "-d", (resource.RLIMIT_DATA, 320)),
    ],
)
def test_geoparquet_is_refused_or_written_whole(
    too_little: tuple[int, int], flag: str, enough: tuple[int, int], tmp_path: Path
) -> None:
    place = Workplace(tmp_path)
    assert place.call("run", "--as-of", "2026-11-23").returncode == 0
    export = ("export", "latest", "--format", "geoparquet", "--to", "exports")
    refused = place.call(*export, **limited(*too_little))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert (
        f"Error: ulimit {flag} leaves this process {too_little[1]} MiB; expected room for " in refused.stderr
    )
    assert not list(tmp_path.glob("exports/*.parquet"))
    written = place.call(*export, **limited(*enough))
    assert written.returncode == 0, written.stderr
    assert [path.name for path in tmp_path.glob("exports/*.parquet")]
