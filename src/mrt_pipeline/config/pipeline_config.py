"""The configuration object for the rest of the program, and for programs that import it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import reduce
from pathlib import Path
from typing import Any

from mrt_pipeline.config.environment import CONFIG_VARIABLE, Secrets, read_variables
from mrt_pipeline.config.loading import NO_ARGUMENTS, load_settings
from mrt_pipeline.config.paths import read_path, read_variable_path
from mrt_pipeline.config.settings import Settings
from mrt_pipeline.contracts.run import PACKAGED
from mrt_pipeline.secrecy import SECRETS

DEFAULT_PATH = Path("config/pipeline.yaml")


NO_FILE = "No configuration file found; using the built-in defaults."


class PipelineConfig:
    """A validated configuration: typed in ``settings``, and by dotted key as in ``config["output.formats"]``.

    Values returned by key are plain (text, numbers, lists, dicts) copies: changing them changes
    nothing here.

    Attributes:
        path: the file it was read from; None: the defaults of the package.
        settings: every value, frozen.
    """

    def __init__(
        self, config_path: str | Path | None = DEFAULT_PATH, *, overrides: Mapping[str, object] = NO_ARGUMENTS
    ) -> None:
        """Read a file, or take the defaults of the package, and apply the overrides.

        Args:
            config_path: the file; None: the defaults of the package.
            overrides: dotted key to value, such as ``{"output.formats": ["json", "geojson"]}``; they take
            precedence over the environment's.

        Raises:
            ConfigError: for every fault in them.
            UsageError: if the path is impossible.
        """
        self.path = None if config_path is None else read_path(str(config_path))
        self.settings: Settings = load_settings(self.path, read_variables(), overrides)
        SECRETS.allow(self.settings.contact)  # it is sent to everyone, even if it is a login elsewhere

    def __repr__(self) -> str:
        return f"PipelineConfig({None if self.path is None else str(self.path)!r})"

    @property
    def label(self) -> str:
        """Return what it was read from, for people and the manifest: the file, or the package's defaults."""
        return PACKAGED if self.path is None else str(self.path)

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value at a dotted key; if there is none, the default, as the specification requires."""
        value = self._find(key)
        return default if value is None else value

    def __getitem__(self, key: str) -> Any:
        return self.get(key)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._find(key) is not None

    @property
    def pipeline(self) -> dict[str, Any]:
        """Return the section ``pipeline``."""
        return dict(self["pipeline"])

    @property
    def stages(self) -> dict[str, Any]:
        """Return the section ``stages``."""
        return dict(self["stages"])

    @property
    def apis(self) -> dict[str, Any]:
        """Return the section ``apis``."""
        return dict(self["apis"])

    def secrets(self) -> Secrets:
        """Return the secrets currently in the environment and ``.env``; they are not stored."""
        return Secrets.from_variables(read_variables())

    def _find(self, key: str) -> Any:
        def step(value: Any, part: str) -> Any:
            return value.get(part) if isinstance(value, dict) else None

        return reduce(step, key.split("."), self.settings.model_dump(mode="json"))


_config: PipelineConfig | None = None


def get_config(config_path: str | Path | None = None) -> PipelineConfig:
    """Return the configuration of this process, read on first use; naming a file reads and keeps that one.

    Raises:
        ConfigError: for every fault in it; the one kept before remains.
    """
    global _config
    if _config is None or config_path:
        _config = PipelineConfig(find_config(config_path))
    return _config


def find_config(path: str | Path | None = None, default: Path | None = None) -> Path | None:
    """Return the file to read: the one named, ``PIPELINE_CONFIG``, ``./config/pipeline.yaml``, or a default.

    A file that is named, or found in one of these places, and cannot be read is an error when it is read;
    another is never used instead.

    Returns:
        None if nothing is named and nothing found: then the defaults of the package apply.

    Raises:
        ConfigError: if ``PIPELINE_CONFIG`` is not a path.
        UsageError: if the path is impossible.
    """
    if path:
        return read_path(str(path))
    if named := read_variables().get(CONFIG_VARIABLE):
        return read_variable_path(CONFIG_VARIABLE, named)
    places = [DEFAULT_PATH] if default is None else [DEFAULT_PATH, default]
    return next((place for place in places if os.path.lexists(place)), None)
