"""``make bench``: every figure of docs/benchmarks.md, one after the other."""

from __future__ import annotations

from tests.bench import commands, live, stage1, stage2


def main() -> None:
    """Print every figure."""
    print("Commands")
    commands.main()
    print("\nLive runs")
    live.main()
    print("\nStage 1 on synthetic networks")
    stage1.main()
    print("\nStage 2's engine and journal on synthetic networks")
    stage2.main()


if __name__ == "__main__":
    main()
