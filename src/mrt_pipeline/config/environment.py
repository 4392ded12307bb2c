"""Read the environment: overrides of single keys, and the secrets.

Variables come from the process's environment or from a file ``.env`` in the working directory. The
environment takes precedence, an empty value counts as not set, and nothing is exported: child processes do
not see the content of ``.env``. Secrets among them are learnt as they are read.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from pydantic import SecretStr

from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.errors import ConfigError
from mrt_pipeline.regular_files import read_regular_file
from mrt_pipeline.secrecy import SECRETS
from mrt_pipeline.secrecy.known import MIN_CHARS
from mrt_pipeline.secrecy.urls import is_secret_name, secrets_of_login, secrets_of_url

if TYPE_CHECKING:
    from dotenv.parser import Binding

CONFIG_VARIABLE = "PIPELINE_CONFIG"
OVERRIDE_PREFIX = "MRT_PIPELINE__"
SEPARATOR = "__"
DOTENV_NAME = ".env"
MAX_DOTENV_BYTES = 64 * 1024
VENV_MARK = "pyvenv.cfg"


@dataclass(frozen=True, slots=True)
class Secrets:
    """The credentials for the services; its representation never shows a value."""

    onemap_email: SecretStr | None = None
    onemap_password: SecretStr | None = None
    onemap_api_key: SecretStr | None = None
    """a ready OneMap token, instead of e-mail and password"""
    lta_account_key: SecretStr | None = None
    datagov_api_key: SecretStr | None = None
    openrouter_api_key: SecretStr | None = None
    mrt_pipeline_alert_email_url: SecretStr | None = None
    """recipient and server of alerts by e-mail, as an Apprise URL"""
    mrt_pipeline_alert_webhook_url: SecretStr | None = None
    mrt_pipeline_alert_apprise_urls: SecretStr | None = None
    """one or more Apprise URLs, separated by white space"""
    mrt_pipeline_lineage_api_key: SecretStr | None = None

    def __post_init__(self) -> None:
        """Learn what must not leave this process, however these secrets were loaded.

        Raises:
            ConfigError: for each secret too short to be kept out of files and messages.
        """
        loaded = {field.name.upper(): getattr(self, field.name) for field in fields(self)}
        values = {name: secret.get_secret_value() for name, secret in loaded.items() if secret}
        _refuse_short(values)
        for name, value in values.items():
            _learn_variable(name, value)

    @classmethod
    def from_variables(cls, variables: Mapping[str, str]) -> Self:
        """Return the secrets among the variables; each has its field's name, in capitals."""
        found = {name: variables.get(name.upper(), "").strip("\r\n") for name in SECRET_NAMES}
        return cls(**{name: SecretStr(value) for name, value in found.items() if value.strip()})


SECRET_NAMES = tuple(field.name for field in fields(Secrets))


@dataclass(frozen=True, slots=True)
class Override:
    """A key set from outside the file: by a variable, or by an argument of a call from Python."""

    name: str
    """name of the variable, or of the argument in messages"""
    path: tuple[str, ...]
    text: str | None
    """a variable's value as unparsed YAML; None for an argument"""
    value: object = None
    """an argument's value, as parsing YAML would give it"""


def read_variables() -> dict[str, str]:
    """Return the variables of ``.env`` and of the environment.

    Raises:
        ConfigError: if there is an unreadable ``.env``, or for each secret that is too short.
    """
    dotenv = _read_dotenv()
    variables = dotenv | {name: value for name, value in os.environ.items() if value}
    ours = {name.upper() for name in SECRET_NAMES} & variables.keys()
    proxies = sorted(name for name in variables if name.upper().endswith("_PROXY"))
    _refuse_short(
        {name: variables[name] for name in sorted(ours)}, proxies={name: variables[name] for name in proxies}
    )
    for name in sorted(ours | {name for name in dotenv if is_secret_name(name)}):
        _learn_variable(name, variables[name])
    for name in proxies:
        SECRETS.learn(name, *secrets_of_login(variables[name]))
    return variables


def find_overrides(variables: Mapping[str, str]) -> list[Override]:
    """Return the variables that name a key of the configuration, sorted by name."""
    return [
        Override(name, tuple(name[len(OVERRIDE_PREFIX) :].lower().split(SEPARATOR)), text)
        for name, text in sorted(variables.items())
        if name.upper().startswith(OVERRIDE_PREFIX)
    ]


def override_variable(path: tuple[str, ...]) -> str:
    """Return the variable that sets a key."""
    return OVERRIDE_PREFIX + SEPARATOR.join(path).upper()


def _learn_variable(name: str, value: str) -> None:
    """Learn a variable's value; if it holds URLs, each of them and the secrets in it."""
    urls = [part for part in value.split() if "://" in part]
    SECRETS.learn(name, value, *urls, *(secret for url in urls for secret in secrets_of_url(url)))


def _refuse_short(secrets: Mapping[str, str], proxies: Mapping[str, str] = MappingProxyType({})) -> None:
    """Refuse secrets that could not be distinguished from other words in texts that leave this process."""
    given = [(name, value.strip()) for name, value in secrets.items() if "://" not in value]
    for name, value in {**secrets, **proxies}.items():
        for url in value.split():
            password = min(secrets_of_login(url), key=len, default="")
            given.append((f"the password in {name}", password))
    faults = tuple(
        f"{what} has {counted(len(text), 'character')}; expected {MIN_CHARS} or more"
        for what, text in given
        if 0 < len(text) < MIN_CHARS
    )
    if faults:
        raise ConfigError(
            f"A secret shorter than {MIN_CHARS} characters cannot be kept out of files and messages. "
            "Replace it with a longer one, or unset the variable if no service needs it:",
            faults,
        )


def _read_dotenv() -> dict[str, str]:
    path = Path(DOTENV_NAME)
    if not _is_there(path):
        return {}
    from io import StringIO

    from dotenv.parser import parse_stream

    # The bare parser: its wrappers expand "${", which a password may contain, and skip faulty lines.
    found = list(parse_stream(StringIO(_read_text(path))))
    if faulty := [binding for binding in found if binding.error or (binding.key and binding.value is None)]:
        raise _refusal(path, *map(_describe_fault, faulty))
    return {binding.key: binding.value for binding in found if binding.key and binding.value}


def _is_there(path: Path) -> bool:
    """Return whether there is a file to read; a folder with that name may be a virtual environment."""
    try:
        path.lstat()
        return not (path / VENV_MARK).is_file()
    except FileNotFoundError:
        return False
    except OSError:
        return True  # reading it reports the fault


def _describe_fault(binding: Binding) -> str:
    """Return which line is faulty; its content may be a secret, and so may a name without a value."""
    text = binding.original.string
    number = binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")
    if "=" not in text:
        return f'line {number} has no "="'
    return f"line {number} is not NAME=value, or a quotation mark in it is not closed"


def _read_text(path: Path) -> str:
    try:
        content = read_regular_file(path, MAX_DOTENV_BYTES)
        return content.decode("utf-8-sig")
    except OSError as error:
        reason = str(error.strerror)
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        reason = f"line {number} is not UTF-8"
    raise _refusal(path, reason)


def _refusal(path: Path, *reasons: str) -> ConfigError:
    expected = "expected lines such as ONEMAP_EMAIL=me@example.org."
    faults = tuple(f"{path.absolute()}: {reason}; {expected}" for reason in reasons)
    return ConfigError(f"The {DOTENV_NAME} file cannot be used:", faults)
