"""``mrt-pipeline config check`` and ``config init``: check a configuration, or write one."""

from __future__ import annotations

import os
from pathlib import Path

from mrt_pipeline.cli.printing import say, warn
from mrt_pipeline.config import PipelineConfig, find_config
from mrt_pipeline.config.keys import input_keys
from mrt_pipeline.config.loading import read_commented
from mrt_pipeline.config.paths import read_path
from mrt_pipeline.config.pipeline_config import DEFAULT_PATH
from mrt_pipeline.config.registry import refuse_missing_packages
from mrt_pipeline.errors import ConfigError, UsageError
from mrt_pipeline.history.resume_command import with_config
from mrt_pipeline.orchestrator.alerts.alerting import find_missing_urls
from mrt_pipeline.orchestrator.stage_specs import STAGES
from mrt_pipeline.runtime.files import make_folder, write_bytes
from mrt_pipeline.runtime.source_access import missing_credentials


def check_config(path: Path | None) -> None:
    """Report that the configuration is valid, and which one it is; warn of secrets that are missing.

    Raises:
        ConfigError: for every fault in it, if it names a file or folder that does not exist, or if a format
            needs a package that is not installed.
    """
    found = PipelineConfig(find_config(path))
    _refuse_missing_inputs(found)
    refuse_missing_packages(found.settings.output.formats)
    used = (api for stage in STAGES for api in stage.apis_in_use(found.settings))
    for missing in (*missing_credentials(found.settings, found.secrets(), used), *find_missing_urls(found)):
        warn(missing)
    if found.path is not None:
        say(f"{found.path} is a valid configuration.")
        return
    say(
        "No configuration file found; the built-in defaults are valid, together with any environment "
        "variables that override them.",
        "Write them to a file with: mrt-pipeline config init",
    )


def _refuse_missing_inputs(config: PipelineConfig) -> None:
    given = [(key, value) for key in input_keys() if (value := config.get(key)) is not None]
    missing = [(key, value) for key, value in given if not read_path(value).exists()]
    if missing:
        faults = (f"{key} is {value!r}, which does not exist; correct the path." for key, value in missing)
        raise ConfigError(f"The configuration {config.label} cannot be used:", tuple(faults))


def init_config(path: Path) -> None:
    """Write the commented file of all defaults.

    Raises:
        UsageError: if a file or folder with this name exists.
        StorageError: if it cannot be written.
    """
    if path.is_dir():
        raise UsageError(f"{path} is a folder; specify a file, such as {path / DEFAULT_PATH.name}.")
    if os.path.lexists(path):
        raise UsageError(
            f"{path} already exists and was not overwritten; remove it, or specify another path."
        )
    make_folder(path.parent)
    write_bytes(path, read_commented().encode())
    say(
        f"Wrote {path} with the default value of every key.",
        f"To use it: {with_config('mrt-pipeline run', path)}",
    )
