"""Paths as a person writes them, in the configuration, in the environment and on the command line alike.

``~``, ``~user``, ``$NAME`` and ``${NAME}`` are filled in, because no shell does that in a file or in
``--output-dir=~/runs``. What cannot be filled in is refused, as is what other programs would fill in, such as
``%HOME%``: a folder of such a name helps nobody.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from mrt_pipeline.errors import ConfigError, UsageError

_VARIABLE = re.compile(r"\$(?:(\w+)|\{([^}]*)\})", re.ASCII)
_FOREIGN = re.compile(r"\$[({][^)}/\\]*[)}]?|%[A-Za-z_]\w*%|![A-Za-z_]\w*!|\{\{.*?\}\}", re.ASCII)
"""how a variable is written for other programs, or in part; looked for once ours are taken out"""


def expand_path(text: str) -> str:
    """Return a path with its home folder and variables filled in.

    Raises:
        ValueError: if it is no path, or names a user or a variable that does not exist; the sentence follows
            the name of what holds the path.
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
    """Return a path with its home folder filled in."""
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
    """Return whether a path can be written in JSON: Python keeps a byte that is no UTF-8 as half a pair."""
    return not any("\ud800" <= char <= "\udfff" for char in path)


def home_folder() -> Path | None:
    """Return the user's home folder; a process in a container may have none."""
    home = os.path.expanduser("~")  # noqa: PTH111 - that of Path raises where there is no home
    return Path(home) if Path(home).is_absolute() else None


def read_path(text: str) -> Path:
    """Return a path of the command line.

    Raises:
        UsageError: if it is no path, or names a user or a variable that does not exist.
    """
    try:
        return Path(expand_path(text))
    except ValueError as error:
        raise UsageError(f"The path {text!r} {error}") from None


def read_variable_path(variable: str, text: str) -> Path:
    """Return a path that an environment variable holds.

    Raises:
        ConfigError: if it is no path, or names a user or a variable that does not exist.
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
