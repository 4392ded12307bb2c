"""The commented file that says every default: a person's own configuration begins as a copy of it.

There is one, ``config/pipeline.yaml`` of the repository; building a wheel puts it beside this module
(``pyproject.toml``). What a run without a file goes by is not read from it: ``model.py`` holds the defaults,
and a test keeps the two alike.
"""

from __future__ import annotations

from pathlib import Path

PACKAGED_FILE = Path(__file__).with_name("pipeline.yaml")
CHECKOUT_FILE = Path(__file__).parents[3] / "config" / "pipeline.yaml"
EDITOR_MARK = "# yaml-language-server:"


def read_commented() -> str:
    """Return the file's text, without the line that leads editors to the schema inside the repository."""
    file = PACKAGED_FILE if PACKAGED_FILE.exists() else CHECKOUT_FILE
    first, rest = file.read_text(encoding="utf-8").split("\n", 1)
    return rest.removeprefix("#\n") if first.startswith(EDITOR_MARK) else f"{first}\n{rest}"
