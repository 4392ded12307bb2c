"""``make bench``: every figure of docs/benchmarks.md, one after the other."""

from __future__ import annotations

from tests.bench import commands, stage1


def main() -> None:
    """Print every figure."""
    print("Commands")
    commands.main()
    print("\nStage 1 on synthetic networks")
    stage1.main()


if __name__ == "__main__":
    main()
