"""``make bench``: print every figure of docs/benchmarks.md."""

from __future__ import annotations

import subprocess
import sys

PARTS = {
    "commands": "Commands",
    "live": "Live runs",
    "stage1": "Stage 1 on synthetic networks",
    "stage2": "Stage 2's engine and journal on synthetic networks",
    "reading": "Reading pages by this process, by others, and by a cluster",
}


def main() -> None:
    """Print every figure; each part runs in its own process, since peak memory includes what came before."""
    for module, title in PARTS.items():
        print(f"\n{title}", flush=True)
        subprocess.run([sys.executable, "-m", f"tests.bench.{module}"], check=True)


if __name__ == "__main__":
    main()
