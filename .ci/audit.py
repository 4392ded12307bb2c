"""Look for known vulnerabilities in the pinned requirements: ``python .ci/audit.py requirements.txt``.

pip-audit alone ends well when it cannot reach the vulnerability service. Here a known vulnerability is a
failure, and so is a requirement that could not be looked up while others could. Where none could be, there is
no service: the outcome is unknown, which is said loudly and is no failure.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

UNREACHABLE = ("ConnectionError", "ServiceError", "Max retries", "timed out", "Connection refused")
"""what pip-audit says when there is no network"""


def main(requirements: str) -> int:
    """Audit a file of pinned requirements and return the exit code."""
    asked = subprocess.run(  # noqa: S603 # our own tool, and our own file
        [
            str(Path(sys.executable).with_name("pip-audit")),
            "--requirement",
            requirements,
            "--disable-pip",
            "--no-deps",
            "--progress-spinner=off",
            "--format=json",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    lines, code = judge(asked.stdout, asked.stderr)
    sys.stdout.write("\n".join([*lines, ""]))
    return code


def judge(report: str, errors: str) -> tuple[list[str], int]:
    """Return what to say of a report, and the exit code.

    Args:
        report: what pip-audit wrote to stdout, as JSON.
        errors: what it wrote to stderr.
    """
    try:
        dependencies: list[dict[str, Any]] = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        reason = (errors.strip().splitlines() or ["it said nothing"])[-1]
        if any(word in errors for word in UNREACHABLE):
            return _loudly(f"pip-audit reached no vulnerability service ({reason})"), 0
        return [f"pip-audit failed: {reason}"], 1
    known = [_describe(found, fault) for found in dependencies for fault in found.get("vulns", ())]
    skipped = [found for found in dependencies if "skip_reason" in found]
    if known:
        return [f"{len(known)} known vulnerabilities:", *known], 1
    if skipped and len(skipped) == len(dependencies):
        reason = f"None of {len(skipped)} requirements could be looked up: {skipped[0]['skip_reason']}"
        return _loudly(reason), 0
    if skipped:
        names = ", ".join(found["name"] for found in skipped)
        return [f"{len(skipped)} of {len(dependencies)} requirements could not be audited: {names}."], 1
    return [f"{len(dependencies)} requirements audited, no known vulnerabilities."], 0


def _describe(found: dict[str, Any], fault: dict[str, Any]) -> str:
    fixed = ", ".join(fault.get("fix_versions", ())) or "no version yet"
    return f"  {found['name']} {found.get('version', '')}: {fault.get('id', 'unnamed')}, fixed in {fixed}"


def _loudly(reason: str) -> list[str]:
    bar = "!" * 78
    return [
        bar,
        "UNKNOWN: nothing was audited, so any requirement may have a known vulnerability.",
        reason,
        bar,
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
