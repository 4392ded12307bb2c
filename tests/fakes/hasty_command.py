"""Our own command with accelerated time: every pause between attempts takes a hundredth of its time.

    python tests/fakes/hasty_command.py run --as-of 1990-12-20

Time limits of requests are as configured; only pauses are shortened.
"""

from __future__ import annotations

import time
from typing import SupportsIndex

HASTE = 100
_sleep = time.sleep


def _nap(seconds: float | SupportsIndex) -> None:
    _sleep(float(seconds) / HASTE)


def main() -> None:
    """Run the command."""
    time.sleep = _nap
    from mrt_pipeline.cli import main as run_command

    run_command()


if __name__ == "__main__":
    main()
