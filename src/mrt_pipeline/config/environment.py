"""What the environment says: overrides of single keys, and the secrets.

Variables come from the process's environment or from a file ``.env`` in the working directory. The
environment wins, an empty value counts as not set, and nothing is exported: child processes see none of what
``.env`` holds.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

from pydantic import SecretStr

from mrt_pipeline.errors import ConfigError

CONFIG_VARIABLE = "PIPELINE_CONFIG"
OVERRIDE_PREFIX = "MRT_PIPELINE__"
SEPARATOR = "__"
DOTENV_NAME = ".env"
MAX_DOTENV_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Secrets:
    """What lets this program use the services; showing it never shows a value."""

    onemap_email: SecretStr | None = None
    onemap_password: SecretStr | None = None
    onemap_api_key: SecretStr | None = None
    """a ready OneMap token, instead of e-mail and password"""
    lta_account_key: SecretStr | None = None
    datagov_api_key: SecretStr | None = None
    openrouter_api_key: SecretStr | None = None
    mrt_pipeline_alert_email_url: SecretStr | None = None
    """who is sent alerts by e-mail, and by which server, as Apprise writes it"""
    mrt_pipeline_alert_webhook_url: SecretStr | None = None
    mrt_pipeline_alert_apprise_urls: SecretStr | None = None
    """one or more of Apprise's URLs, separated by white space"""
    mrt_pipeline_lineage_api_key: SecretStr | None = None

    @classmethod
    def from_variables(cls, variables: Mapping[str, str]) -> Self:
        """Return the secrets among some variables; each is named like its field, in capitals."""
        found = {name: variables.get(name.upper(), "").strip("\r\n") for name in SECRET_NAMES}
        return cls(**{name: SecretStr(value) for name, value in found.items() if value.strip()})


SECRET_NAMES = tuple(field.name for field in fields(Secrets))


@dataclass(frozen=True, slots=True)
class Override:
    """One variable that sets one key; its value is YAML, not yet read."""

    variable: str
    path: tuple[str, ...]
    text: str


def read_variables() -> dict[str, str]:
    """Return the variables of ``.env`` and of the environment.

    Raises:
        ConfigError: if there is a ``.env`` that cannot be read.
    """
    return _read_dotenv() | {name: value for name, value in os.environ.items() if value}


def find_overrides(variables: Mapping[str, str]) -> list[Override]:
    """Return the variables that name a key of the configuration, in the order of their names."""
    return [
        Override(name, tuple(name[len(OVERRIDE_PREFIX) :].lower().split(SEPARATOR)), text)
        for name, text in sorted(variables.items())
        if name.upper().startswith(OVERRIDE_PREFIX)
    ]


def override_variable(path: tuple[str, ...]) -> str:
    """Return the variable that sets a key."""
    return OVERRIDE_PREFIX + SEPARATOR.join(path).upper()


def _read_dotenv() -> dict[str, str]:
    path = Path(DOTENV_NAME)
    if not path.is_file():  # a folder of that name is somebody's virtual environment
        return {}
    from io import StringIO

    from dotenv import dotenv_values

    # No interpolation: a password may well hold "${".
    values = dotenv_values(stream=StringIO(_read_text(path)), interpolate=False)
    return {name: value for name, value in values.items() if value}


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_DOTENV_BYTES + 1)
        if len(content) <= MAX_DOTENV_BYTES:
            return content.decode("utf-8-sig")
        reason = f"it is longer than {MAX_DOTENV_BYTES} bytes"
    except OSError as error:
        reason = str(error.strerror)
    except UnicodeDecodeError:
        reason = "it is not UTF-8"
    fault = f"{path.absolute()}: {reason}; expected lines such as ONEMAP_EMAIL=me@example.org."
    raise ConfigError("The file of secrets cannot be read:", (fault,))
