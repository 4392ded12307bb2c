"""Build the settings from a file and its overrides, and report all faults in them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from mrt_pipeline.config.environment import Override, find_overrides
from mrt_pipeline.config.keys import Key, known_keys, section_of
from mrt_pipeline.config.settings import Settings
from mrt_pipeline.config.yaml_reading import KeyPath, YamlDocument, read_yaml, show_path
from mrt_pipeline.errors import ConfigError
from mrt_pipeline.regular_files import read_regular_file

MAX_FILE_BYTES = 256 * 1024
NO_ARGUMENTS: Mapping[str, object] = MappingProxyType({})


def load_settings(
    path: Path | None, variables: Mapping[str, str], arguments: Mapping[str, object] = NO_ARGUMENTS
) -> Settings:
    """Return the settings from a file, the environment and a call.

    Args:
        path: the configuration file; None: everything not set elsewhere has its default.
        variables: the environment's; those named ``MRT_PIPELINE__…`` override single keys.
        arguments: dotted key to value; they take precedence over the variables.

    Raises:
        ConfigError: if the file cannot be read, or for every fault in it, the variables and the arguments.
    """
    document = _read_document(path) if path is not None else read_yaml("{}")
    faults = list(document.faults)
    settings_of: dict[Key, str] = {}
    for override in _find_overrides(variables, arguments):
        faults.extend(_apply(override, document, settings_of))
    try:
        settings = Settings.model_validate(document.value, strict=True)
    except ValidationError as error:
        from mrt_pipeline.config.faults import describe_errors

        faults.extend(describe_errors(error, document, lambda key: _place(key, document.lines, settings_of)))
    if faults:  # raised here, so that no traceback shows values that validation quotes
        raise _refusal(path, faults, has_arguments=bool(arguments))
    return settings


def _find_overrides(variables: Mapping[str, str], arguments: Mapping[str, object]) -> Sequence[Override]:
    given = [
        Override(f"overrides[{key!r}]", tuple(key.split(".")), None, _as_read(value))
        for key, value in arguments.items()
    ]
    paths = {override.path for override in given}
    return [*(found for found in find_overrides(variables) if found.path not in paths), *given]


def _as_read(value: object) -> object:
    """Return a value as parsing YAML would give it: lists are tuples, paths are text."""
    if isinstance(value, list | tuple):
        return tuple(map(_as_read, value))
    return str(value) if isinstance(value, PurePath) else value


def _read_document(path: Path) -> YamlDocument:
    """Return the content of a file, which must be a mapping."""
    try:
        document = read_yaml(_read_text(path))
    except ConfigError as error:
        raise _refusal(path, error.faults) from error
    if not isinstance(document.value, dict):
        found = _name_kind(document.value)
        raise _refusal(path, [*document.faults, f"it is {found}; expected lines such as mode: snapshot."])
    return document


def _name_kind(value: object) -> str:
    """Return what a file holds in place of keys."""
    if value is None:
        return "empty"
    return "a list" if isinstance(value, tuple) else "a single value"


def _read_text(path: Path) -> str:
    try:
        content = read_regular_file(path, MAX_FILE_BYTES)
    except FileNotFoundError as error:
        raise _unreadable("the file does not exist; correct the path.") from error
    except (OSError, ValueError) as error:  # the path may be impossible
        reason = getattr(error, "strerror", None) or error
        raise _unreadable(f"{reason}; expected a configuration file.") from error
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _unreadable(f"line {line} is not UTF-8; save the file as UTF-8.") from error


def _apply(override: Override, document: YamlDocument, settings_of: dict[Key, str]) -> Iterable[str]:
    """Apply an override, and yield a sentence for each fault in it."""
    name, key = override.name, override.path
    field = known_keys().get(key)
    if field is None or section_of(field):
        yield _describe_misnamed(override, is_section=field is not None)
        return
    if other := settings_of.get(key):
        yield f"{name} sets the same key as {other}; keep one of them."
    settings_of[key] = name
    if override.text is None or field.annotation is str:
        _put(document.value, key, override.value if override.text is None else override.text)
        return
    try:
        given = read_yaml(override.text)
    except ConfigError as error:
        yield from (f"{name}: {fault}" for fault in error.faults)
        return
    is_one_line = "\n" not in override.text
    yield from (
        f"{name} {fault.removeprefix(_FIRST)}"
        if is_one_line and fault.startswith(_FIRST)
        else f"{name}: {fault}"
        for fault in given.faults
    )
    document.texts.update({(*key, *path): text for path, text in given.texts.items()})
    if not given.faults:
        _put(document.value, key, given.value)


_FIRST = "line 1 "
"""what begins a sentence about the text of a variable, which is usually a single line"""


def _describe_misnamed(override: Override, *, is_section: bool) -> str:
    """Return a sentence for an override of something other than a key with a value."""
    from mrt_pipeline.config.faults import describe_unknown_key, describe_unknown_variable

    name, key, is_argument = override.name, override.path, override.text is None
    if is_section:
        below = f"such as {'.'.join((*key, '…'))}" if is_argument else f"named {name}__…"
        return f"{name} sets a whole section; set one of its keys, {below}"
    return describe_unknown_key(key, name) if is_argument else describe_unknown_variable(name, key)


def _put(tree: dict[str, Any], key: Key, value: object) -> None:
    for part in key[:-1]:
        below = tree.setdefault(part, {})
        if not isinstance(below, dict):
            return  # the file has something else there, which is reported separately
        tree = below
    tree[key[-1]] = value


def _place(path: KeyPath, lines: Mapping[KeyPath, int], settings_of: Mapping[Key, str]) -> str:
    """Return which key it is and where it was set."""
    for key, variable in settings_of.items():
        if path[: len(key)] == key:
            return variable + show_path(path[len(key) :])
    line = lines.get(path)
    return f"{show_path(path)} (line {line})" if line else show_path(path)


def _unreadable(fault: str) -> ConfigError:
    return ConfigError("The file cannot be read:", (fault,))


def _refusal(path: Path | None, faults: Iterable[str], *, has_arguments: bool = False) -> ConfigError:
    where = "in the call and the environment" if has_arguments else "in the environment"
    what = f"The configuration {path if path is not None else where}"
    return ConfigError(f"{what} cannot be used:", tuple(faults))


PACKAGED_FILE = Path(__file__).with_name("pipeline.yaml")
CHECKOUT_FILE = Path(__file__).parents[3] / "config" / "pipeline.yaml"
EDITOR_MARK = "# yaml-language-server:"


def read_commented() -> str:
    """Return the commented file of all defaults, without the line that points editors to the schema.

    A run without a file does not read it; a test checks that both agree.
    """
    file = PACKAGED_FILE if PACKAGED_FILE.exists() else CHECKOUT_FILE
    first, rest = file.read_text(encoding="utf-8").split("\n", 1)
    return rest.removeprefix("#\n") if first.startswith(EDITOR_MARK) else f"{first}\n{rest}"
