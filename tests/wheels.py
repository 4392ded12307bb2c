"""Build the wheel of this checkout, and find the examples of its pages."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "docs/python.md")


def build_wheel(folder: Path) -> Path:
    """Build the wheel into a folder, with the tools that are installed and without a network."""
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder))
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(ROOT)], check=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    return wheel


def python_examples() -> dict[str, str]:
    """Return every Python example of the pages, by page and number."""
    return {
        f"{page}:{number}": code
        for page in PAGES
        for number, code in enumerate(
            re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL), 1
        )
    }


def needs_a_library(code: str) -> bool:
    """Return whether an example imports what is not installed with this package."""
    return re.search(r"^import (pandas|geopandas)", code, re.MULTILINE) is not None
