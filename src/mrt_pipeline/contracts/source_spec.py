"""``SourceSpec``: everything the rest of the program needs to know about a source.

It determines the names and sections that the configuration allows, credentials, request rates, what a stage
depends on, which documents are recorded, and which sources may fill a field of an exit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import MappingProxyType
from typing import Any

from mrt_pipeline.contracts.counting import counted
from mrt_pipeline.contracts.documents import Document
from mrt_pipeline.contracts.evidence import Published
from mrt_pipeline.contracts.names import STAGE2_ENRICHMENT
from mrt_pipeline.contracts.sections import ApiSection

USUAL_MAX_AGE_DAYS = 180
NO_RATES: Mapping[str, "RateLimit"] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``requests`` in any period of ``seconds``."""

    requests: int
    seconds: float


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The request limits of one service."""

    rates: tuple[Rate, ...] = ()
    is_serial: bool = False
    """whether a request may start only after the previous one has ended"""

    def describe(self) -> str:
        """Return the limits in words."""
        limits = [f"{rate.requests} per {rate.seconds:g} s" for rate in self.rates]
        if self.rates:
            first = self.rates[0]
            limits[0] = f"{counted(first.requests, 'request')} per {first.seconds:g} s"
        if self.is_serial:
            limits.append("one request at a time")
        return ", ".join(limits) or "none"


DATAGOV_RATES: Mapping[str, RateLimit] = MappingProxyType(
    {"data.gov.sg": RateLimit((Rate(2, 10), Rate(5, 60)))}
)
"""data.gov.sg's limits without a key"""


def datagov_document(
    document_id: str,
    title: str,
    publisher: str,
    record_type: type,
    dataset_id: str | None,
    *,
    article: str = "the ",
) -> Document:
    """Return a document with its own page on data.gov.sg, or with the search page if its id is unknown.

    Args:
        document_id: its name in fingerprints, recordings and attributions.
        title: its title.
        publisher: the authority that publishes it.
        record_type: dataclass of its records.
        dataset_id: its identifier on data.gov.sg, if known.
        article: what precedes the publisher's name in a sentence.
    """
    page = f"/{dataset_id}/view" if dataset_id else ""
    return Document(
        document_id=document_id,
        title=title,
        publisher=publisher,
        url=f"https://data.gov.sg/datasets{page}",
        source=f"{article}{publisher} at data.gov.sg",
        record_type=record_type,
    )


@dataclass(frozen=True, slots=True)
class Credentials:
    """The credentials that a live service requires."""

    alternatives: tuple[tuple[str, ...], ...]
    """names of environment variables; all of one alternative must be set"""
    service: str
    """name of the service in messages"""
    is_needed: str = ""
    """``module:function`` that takes the section of ``apis`` and returns whether its server requires them;
    empty: it always does"""
    way_out: str = ""
    """alternative to credentials, if not the recorded copy"""

    def in_words(self) -> str:
        """Return the variables to set, worded for a sentence."""
        words = ", or ".join(_all_of(names) for names in self.alternatives)
        return f"{words}," if len(self.alternatives) > 1 else words


DATAMALL_KEY = Credentials((("LTA_ACCOUNT_KEY",),), service="LTA DataMall")
"""one key for everything from LTA DataMall"""


def datamall_document(
    document_id: str, title: str, record_type: type | None = None, *, dataset: str = ""
) -> Document:
    """Return a document of LTA DataMall, which has one page for all of them."""
    return Document(
        document_id=document_id,
        title=title,
        publisher="Land Transport Authority",
        url="https://datamall.lta.gov.sg/content/datamall/en/dynamic-data.html",
        dataset=dataset,
        source="LTA DataMall",
        record_type=record_type,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpec:
    """One source: how it is configured, what it gives, and where its code is.

    Code is named as ``module:function``, with the module relative to the source's package, and imported on
    first use, so that listing the sources costs nothing.
    """

    name: str
    """entry of ``stages.<stage>.sources``"""
    package: str
    """the Python package of its code (``__name__``); the first line of its docstring describes the source"""
    place: int
    """position in the default list of its stage's sources; a source reads only those before it"""
    stage: str = STAGE2_ENRICHMENT
    """the stage that reads it"""
    api: str = ""
    """its section of ``apis``; empty if it is part of the package and never requested"""
    section: type[ApiSection] | None = None
    """type of that section"""
    documents: tuple[Document, ...] = ()
    """its documents, in the order of fingerprints"""
    live_inputs: tuple[str, ...] = ()
    """names in fingerprints of its live pages or answers, which are not documents of their own"""
    cites: tuple[str, ...] = ()
    """ids of documents of the package itself that it cites"""
    max_age_days: int = USUAL_MAX_AGE_DAYS
    """age in days beyond which its data counts as old; default of ``sources.max_age_days``"""
    is_recorded: bool = True
    """whether the package holds a copy; if not, it can only be read live"""
    is_default: bool = True
    """whether it is in the default list of its stage's sources"""
    is_required: bool = False
    """whether its stage cannot run without it"""
    is_always_read: bool = False
    """whether its stage reads it even if it is not configured, to compare others with it"""
    reads: tuple[str, ...] = ()
    """names of sources whose claims it processes"""
    fills: tuple[type[Published], ...] = ()
    """types of exit records, own or shared, that it may claim"""
    credentials: Credentials | None = None
    rates: Mapping[str, RateLimit] = field(default_factory=lambda: NO_RATES)
    """by host; subdomains share the limit of their host"""
    unrated_with: str = ""
    """environment variable of a key that lifts the rate limits"""
    opener: str = "claims:open_source"
    """``module:function`` that opens it for stage 2: (context, tables) to ``EnrichmentSource``"""
    reader: str = ""
    """``module:function`` that reads downloaded files: (document, payloads, settings) to a ``SourceTable``"""
    recorder: str = ""
    """``module:function`` that reads its tables live: (access) to an iterator of ``SourceTable``"""
    asker: str = ""
    """``module:function`` that requests a document again: (access, document id, URL) to an ``Answer``; empty:
    a plain GET is enough"""
    kept_state: str = ""
    """``module:function`` that identifies what a live source depends on besides answers, such as kept pages:
    (access) to a text that changes with it; empty: it depends on answers alone"""
    cross_check: str = ""
    """``module:function`` that compares its tables with each other: (one table per document) to findings"""

    @property
    def input_ids(self) -> tuple[str, ...]:
        """Return the fingerprint names of everything read from it."""
        return (*(document.document_id for document in self.documents), *self.live_inputs)

    def load(self, reference: str) -> Any:
        """Return the function that ``module:function`` names.

        Raises:
            ImportError: if there is no such module.
            AttributeError: if it has no such function.
        """
        module, _, name = reference.partition(":")
        return getattr(import_module(f"{self.package}.{module}"), name)


def _all_of(names: tuple[str, ...]) -> str:
    return f"{' and '.join(names)} together" if len(names) > 1 else names[0]
