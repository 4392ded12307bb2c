"""A process that a limit leaves too little memory says so, before a library without any hangs or aborts."""

from __future__ import annotations

import resource
import subprocess
from pathlib import Path

import pytest

from tests.e2e.command import MRT_PIPELINE, SCRIPT

MIB = 2**20


@pytest.mark.slow
@pytest.mark.parametrize("program", [(*MRT_PIPELINE, "run"), SCRIPT])
@pytest.mark.parametrize(
    ("kind", "allowed_mib", "flag"),
    [
        (resource.RLIMIT_AS, 156, "-v"),
        (resource.RLIMIT_AS, 300, "-v"),
        (resource.RLIMIT_AS, 1023, "-v"),
        (resource.RLIMIT_DATA, 100, "-d"),
    ],
)
def test_too_little_memory_ends_in_one_sentence(
    program: tuple[str, ...], kind: int, allowed_mib: int, flag: str, tmp_path: Path
) -> None:
    def limit() -> None:
        resource.setrlimit(kind, (allowed_mib * MIB, allowed_mib * MIB))

    result = subprocess.run(
        program, cwd=tmp_path, preexec_fn=limit, capture_output=True, text=True, timeout=60, check=False
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert f"Error: ulimit {flag} leaves this process {allowed_mib} MiB; expected room for " in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(tmp_path.iterdir())
