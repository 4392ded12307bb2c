"""The base of configuration sections (frozen, no unknown keys), and the keys that all services share.

Annotations are not postponed, for the reason given in ``base.py``.
"""

from enum import StrEnum
from typing import Annotated, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    PlainSerializer,
    model_validator,
)


class PaceOnly:
    """Marks a key that affects when and how fast work is done, not its result."""


class InputPath:
    """Marks a key with the path of a file or folder that is read."""


class Section(BaseModel):
    """A frozen section of the configuration; unknown keys are errors."""

    # The strings below the keys reach the JSON Schema through ``schema.py``: if pydantic read them here,
    # every start would take 20 ms longer.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


ItemT = TypeVar("ItemT")


def refuse_repeats(items: tuple[ItemT, ...]) -> tuple[ItemT, ...]:
    """Return the items of a list; raise ``ValueError`` if one is repeated."""
    if repeated := sorted({str(item) for item in items if items.count(item) > 1}):
        raise ValueError(f"lists {', '.join(repeated)} more than once; list each item once.")
    return items


def _refuse_login(url: HttpUrl) -> HttpUrl:
    if url.username or url.password:
        raise ValueError("contains a user name or password, which would end up in manifests; remove it.")
    if url.query:
        raise ValueError("contains a query, whose secrets would end up in manifests; remove it.")
    return url


def _refuse_spaces(contact: str) -> str:
    """Accept only what a User-Agent header can carry."""
    if not all("!" <= character <= "~" for character in contact):
        raise ValueError("contains a space or a non-ASCII character; expected one URL or e-mail address.")
    return contact


Names = Annotated[
    tuple[ItemT, ...], Field(json_schema_extra={"uniqueItems": True}), AfterValidator(refuse_repeats)
]
BaseUrl = Annotated[HttpUrl, AfterValidator(_refuse_login), PlainSerializer(str)]
Contact = Annotated[
    str, Field(max_length=200, json_schema_extra={"pattern": "^[!-~]*$"}), AfterValidator(_refuse_spaces)
]
TimeoutSeconds = Annotated[float, Field(gt=0, le=600), PaceOnly]


class Mode(StrEnum):
    """Where facts are read from."""

    SNAPSHOT = "snapshot"
    """recorded in the package's own tables: no network, no keys"""
    LIVE = "live"
    """requested from the services themselves"""


def _find_mode(name: object) -> object:
    """Return the mode with a name: the loader is strict, and would not accept text as a ``Mode``."""
    return next((mode for mode in Mode if mode == name), name)


ModeByName = Annotated[Mode, BeforeValidator(_find_mode)]


class ExpectedSection(Section):
    """How many records a plausible source has."""

    min: int = Field(ge=1)
    """fewer are an error: the source is incomplete"""
    max: int = Field(ge=1)
    """more are a warning: a person should look"""

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.min > self.max:
            raise ValueError(f"has min {self.min} and max {self.max}; expected min to be no more than max.")
        return self


class ApiSection(Section):
    """The keys common to all services."""

    mode: ModeByName | None = None
    """overrides the global ``mode`` for this source"""
    timeout: TimeoutSeconds = 30
    """per request, seconds"""


class DatagovApiSection(ApiSection):
    """data.gov.sg; each source that reads datasets from it has its own section."""

    base_url: BaseUrl = HttpUrl("https://api-open.data.gov.sg/v1/public/api")
    metadata_url: BaseUrl = HttpUrl("https://api-production.data.gov.sg/v2/public/api")


class DatamallSection(ApiSection):
    """LTA DataMall: bus stops, bus routes, lifts out of service."""

    base_url: BaseUrl = HttpUrl("https://datamall2.mytransport.sg/ltaodataservice")


class ModelSection(ApiSection):
    """The keys for a language model's server."""

    base_url: BaseUrl
    model: str = Field(min_length=1)
    max_tokens: int = Field(default=4000, ge=64, le=200_000)
    temperature: float = Field(default=0.1, ge=0, le=2)
