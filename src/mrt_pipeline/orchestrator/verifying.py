"""Repeat a stage's requests of an earlier run, to find out whether the answers are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from mrt_pipeline.config.registry import all_sources
from mrt_pipeline.contracts.run import Trace
from mrt_pipeline.contracts.sections import Mode
from mrt_pipeline.contracts.source_spec import SourceSpec
from mrt_pipeline.errors import SourceError
from mrt_pipeline.runtime.files import sha256_of
from mrt_pipeline.runtime.fingerprints import source_folder
from mrt_pipeline.runtime.traces import KEPT, is_url, requests_of

if TYPE_CHECKING:
    from mrt_pipeline.runtime.http import Answer
    from mrt_pipeline.runtime.source_access import SourceAccess

Asker = Callable[["SourceAccess", str, str], "Answer"]
"""requests a document of a source again, by its URL"""

MAX_ASKED = 24
"""a stage with more answers than this to request again is run instead, and uses them"""


def complete_trace(told: Trace, access: SourceAccess, specs: Iterable[SourceSpec]) -> Trace:
    """Return a trace, extended by what the stage's live sources depend on besides answers."""
    kept = {name: {KEPT: state} for name, state in _kept_by(specs, access)}
    return dict(sorted({**told, **kept}.items()))


def find_change(
    trace: Trace, access: SourceAccess, specs: Iterable[SourceSpec], ttl_days: float
) -> str | None:
    """Return why a stage may receive something other than its trace records, or None if nothing changed.

    What is on disk is compared first; services are queried only if that is unchanged.
    """
    return next(_changes(trace, access, tuple(specs), ttl_days), None)


def _changes(
    trace: Trace, access: SourceAccess, specs: Iterable[SourceSpec], ttl_days: float
) -> Iterator[str]:
    yield from _untraced(trace, specs, access)
    yield from _changes_in_what_is_kept(trace, access, specs)
    yield from _changes_on_disk(trace, access, ttl_days)
    yield from _changes_at_services(trace, access)


def _untraced(trace: Trace, specs: Iterable[SourceSpec], access: SourceAccess) -> Iterator[str]:
    """Yield live sources missing from a trace, and those of other packages, which may do more."""
    for spec in specs:
        is_told = trace.keys() & {spec.name, *spec.input_ids}
        if access.mode_of(spec.api) is Mode.LIVE and not (is_told and source_folder(spec)):
            yield f"what {spec.name} reads is not traced"


def _kept_by(specs: Iterable[SourceSpec], access: SourceAccess) -> Iterator[tuple[str, str]]:
    """Yield each live source that depends on something besides answers, and the sha256 of its description."""
    for spec in specs:
        if spec.kept_state and access.mode_of(spec.api) is Mode.LIVE:
            yield spec.name, sha256_of(spec.load(spec.kept_state)(access).encode())


def _changes_in_what_is_kept(
    trace: Trace, access: SourceAccess, specs: Iterable[SourceSpec]
) -> Iterator[str]:
    then = {name: requests[KEPT] for name, requests in trace.items() if KEPT in requests}
    now = dict(_kept_by(specs, access))
    for name in sorted(then.keys() | now.keys()):
        if then.get(name) != now.get(name):
            yield f"what is kept for {name} has changed"


def _changes_on_disk(trace: Trace, access: SourceAccess, ttl_days: float) -> Iterator[str]:
    for document, request, sha256 in requests_of(trace):
        if not is_url(request) and request != KEPT:
            found = access.kept_sha256(request, ttl_days)
            if found is None:
                yield f"a response about {document} is no longer kept, or older than cache_ttl_days"
            elif found != sha256:
                yield f"a response about {document} has changed"


def _changes_at_services(trace: Trace, access: SourceAccess) -> Iterator[str]:
    asked = [item for item in requests_of(trace) if is_url(item[1])]
    if len(asked) > MAX_ASKED:
        yield f"{len(asked)} responses are not kept on disk"
        return
    for document, url, sha256 in asked:
        try:
            answer = _asker_of(document)(access, document, url)
        except SourceError as error:  # the stage will meet it too, and handles it
            yield f"{document} could not be asked again ({error})"
        else:
            if sha256_of(answer.content) != sha256:
                yield f"{document} gives a different response"


def _asker_of(document: str) -> Asker:
    """Return the function that requests a document again; without a key, it is a plain GET."""
    spec = next((spec for spec in all_sources() if document in spec.input_ids), None)
    if spec is None:
        raise SourceError(document, "no source is known that has it")
    if spec.asker:
        asker: Asker = spec.load(spec.asker)
        return asker

    def ask(access: SourceAccess, document_id: str, url: str) -> Answer:
        parts = urlsplit(url)
        params = dict(parse_qsl(parts.query, keep_blank_values=True))
        return access.http(spec.api).get(document_id, parts._replace(query="").geturl(), params=params)

    return ask
