"""Read what a run's folder holds besides manifest and datasets: findings, and unpublished claims."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

import orjson
from pydantic import TypeAdapter, ValidationError

from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.names import REJECTED_NAME, VALIDATION_NAME
from mrt_pipeline.contracts.outputs import RejectedClaim
from mrt_pipeline.errors import CorruptCheckpointError
from mrt_pipeline.runtime.files import read_bytes

_FINDINGS = TypeAdapter(tuple[Finding, ...])


def read_findings(folder: Path) -> tuple[Finding, ...]:
    """Return the findings of a run's checks; empty if the checks were not reached.

    Raises:
        CorruptCheckpointError: if the file is damaged.
    """
    path = folder / VALIDATION_NAME
    try:
        content = orjson.loads(read_bytes(path))
        return _FINDINGS.validate_python(content["findings"], strict=False)
    except FileNotFoundError:
        return ()
    except (orjson.JSONDecodeError, KeyError, TypeError, ValidationError) as error:
        raise _damaged(path) from error


def read_rejected(folder: Path) -> dict[str, tuple[RejectedClaim, ...]]:
    """Return the unpublished claims of a run, by slug of their station.

    Raises:
        CorruptCheckpointError: if the file is damaged.
    """
    path = folder / REJECTED_NAME
    found: dict[str, list[RejectedClaim]] = {}
    try:
        for line in read_bytes(path).splitlines():
            slug, claim = _split(orjson.loads(line))
            found.setdefault(slug, []).append(claim)
    except FileNotFoundError:
        return {}
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError, ValidationError) as error:
        raise _damaged(path) from error
    return {slug: tuple(claims) for slug, claims in found.items()}


def _split(line: Mapping[str, str]) -> tuple[str, RejectedClaim]:
    return line["slug"], RejectedClaim(**{name: value for name, value in line.items() if name != "slug"})


def _damaged(path: Path) -> CorruptCheckpointError:
    stage = "3" if path.name == VALIDATION_NAME else "2"
    remedy = shlex.join(["mrt-pipeline", "run", "--output-dir", str(path.parent), "--resume-from", stage])
    return CorruptCheckpointError(path, f"is damaged. Recreate it with: {remedy}")
