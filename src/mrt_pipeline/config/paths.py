"""Paths as people write them, in the configuration, the environment and on the command line.

``~``, ``~user``, ``$NAME`` and ``${NAME}`` are expanded, because no shell does that in a file or in
``--output-dir=~/runs``. Anything that cannot be expanded is refused, and so is what other programs would
expand, such as ``%HOME%``: a folder with such a name would be a mistake.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from mrt_pipeline.errors import ConfigError, UsageError

_VARIABLE = re.compile(r"\$(?:(\w+)|\{([^}]*)\})", re.ASCII)
_FOREIGN = re.compile(r"\$[({][^)}/\\]*[)}]?|%[A-Za-z_]\w*%|![A-Za-z_]\w*!|\{\{.*?\}\}", re.ASCII)
"""variables in the syntax of other programs, or incomplete ones; searched for once ours are removed"""


def expand_path(text: str) -> str:
    """Return a path with its home folder and variables expanded.

    Raises:
        ValueError: if it is not a path, or names a user or a variable that does not exist; the sentence
            follows the name of what holds the path.
    """
    if not text.strip():
        raise ValueError("is empty; expected a path.")
    if "\0" in text:
        raise ValueError("contains a NUL character, which is not allowed in a path; remove it.")
    if foreign := _FOREIGN.search(_VARIABLE.sub("", text)):
        raise ValueError(
            f"contains {foreign[0]!r}, which is not a variable here; write it as $NAME or ${{NAME}}, or "
            "write the path in full."
        )
    expanded = _with_home(_VARIABLE.sub(_fill_in, text))
    if not _is_text(expanded):
        raise ValueError(
            "contains bytes that are not UTF-8, which no manifest can name; choose another path."
        )
    return expanded


def _with_home(filled: str) -> str:
    """Return a path with its home folder expanded."""
    if not filled.startswith("~"):
        return filled
    expanded = os.path.expanduser(filled)  # noqa: PTH111 - that of Path loses the dot of ./~
    if expanded == filled:
        user = filled.partition("/")[0]
        raise ValueError(
            f"begins with {user!r}, but there is no such home folder. Write the path in full, or use "
            f"./{user} for a folder of that name."
        )
    return expanded


def _is_text(path: str) -> bool:
    """Return whether a path can be written in JSON: it cannot if a byte of it is not UTF-8."""
    return not any("\ud800" <= char <= "\udfff" for char in path)


def home_folder() -> Path | None:
    """Return the user's home folder, or None, as in some containers."""
    home = os.path.expanduser("~")  # noqa: PTH111 - that of Path raises where there is no home
    return Path(home) if Path(home).is_absolute() else None


def read_path(text: str, name: str = "The path") -> Path:
    """Return a path from the command line.

    Args:
        text: the path as it was given.
        name: what begins the sentence about a path that cannot be used, such as the option.

    Raises:
        UsageError: if it is not a path, or names a user or a variable that does not exist.
    """
    try:
        return Path(expand_path(text))
    except ValueError as error:
        raise UsageError(f"{name} {text!r} {error}") from None


def read_variable_path(variable: str, text: str) -> Path:
    """Return a path from an environment variable.

    Raises:
        ConfigError: if it is not a path, or names a user or a variable that does not exist.
    """
    try:
        return Path(expand_path(text))
    except ValueError as error:
        raise ConfigError(
            "A variable does not hold a usable path:", (f"{variable} is {text!r}: it {error}",)
        ) from None


def _fill_in(found: re.Match[str]) -> str:
    name = found[1] or found[2]
    if value := os.environ.get(name):
        return value
    raise ValueError(f"names the variable {name!r}, which is not set. Set it, or write the path in full.")
