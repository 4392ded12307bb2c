"""Download a dataset from data.gov.sg: a request that may be queued, then a signed link."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from mrt_pipeline.contracts.checks import finding_of
from mrt_pipeline.contracts.documents import Document
from mrt_pipeline.contracts.findings import Finding
from mrt_pipeline.contracts.source import SourceTable
from mrt_pipeline.errors import FetchError, SourceError, SourceFormatError
from mrt_pipeline.runtime.documents import Payload, refuse_losses
from mrt_pipeline.runtime.records import is_object, parse_json, show
from mrt_pipeline.runtime.signed_links import download, is_link

if TYPE_CHECKING:
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.http import Answer
    from mrt_pipeline.runtime.source_access import SourceAccess

RecordT = TypeVar("RecordT")

POLL_PAUSES_S = (2.0, 4.0, 8.0, 15.0, 30.0, 30.0, 30.0)
"""between polls while a download is queued or data.gov.sg asks us to wait"""
TOO_MANY_REQUESTS = 24


@dataclass(frozen=True, slots=True)
class Dataset:
    """The dataset to request."""

    dataset_id: str
    """its identifier at data.gov.sg"""
    api: str
    """section of ``apis`` with ``base_url`` and ``metadata_url``"""


def read_dataset(
    access: SourceAccess,
    document: Document,
    dataset: Dataset,
    make: Callable[[Payload], SourceTable[RecordT]],
) -> SourceTable[RecordT]:
    """Return the table of a dataset, requested now.

    A file whose update time is unknown is used, but not kept on disk.

    Args:
        access: settings, keys and the HTTP client.
        document: document named in errors and findings.
        dataset: the dataset to request.
        make: returns the table of a file, whose revision is the time of its last update.

    Raises:
        SourceError: if the file is unavailable, ``make`` refuses it, or a record could not be read.
    """

    def read(answers: Answers) -> SourceTable[RecordT]:
        return refuse_losses(make(_Downloads(access, document.document_id, dataset).get(answers)))

    return access.read_checked(
        document.document_id, read, is_sound=lambda table: bool(table.provenance.revision)
    )


class _Downloads:
    """The downloads of one dataset."""

    def __init__(self, access: SourceAccess, document_id: str, dataset: Dataset) -> None:
        section = getattr(access.settings.apis, dataset.api)
        path = f"datasets/{dataset.dataset_id}"
        self._document_id = document_id
        self._api = dataset.api
        self._poll_url = f"{str(section.base_url).rstrip('/')}/{path}/poll-download"
        self._metadata_url = f"{str(section.metadata_url).rstrip('/')}/{path}/metadata"
        self._access = access
        self._client = access.http(dataset.api)

    def get(self, answers: Answers) -> Payload:
        """Return the file; its revision is kept with it as Last-Modified."""
        findings: list[Finding] = []

        def ask(_: Mapping[str, str]) -> Answer:
            revision, found = self._find_revision()
            findings.extend(found)
            headers = {"last-modified": revision} if revision else {}
            return replace(self._download(), headers=headers, shown_url=self._poll_url)

        answer = answers.get(self._poll_url, ask)
        revision = answer.headers.get("last-modified")
        return Payload(answer.content, answer.retrieved_at, revision, tuple(findings))

    def _find_revision(self) -> tuple[str | None, tuple[Finding, ...]]:
        """Return when the dataset was last updated, or None with a finding: a run can do without."""
        try:
            data = self._data_of(self._ask(self._metadata_url))
            updated = data.get("lastUpdatedAt")
            if not isinstance(updated, str) or not updated.isprintable() or not 0 < len(updated) <= 40:
                raise SourceFormatError(
                    self._document_id, f"metadata has {show(updated)} as lastUpdatedAt; expected a time."
                )
        except SourceError as error:
            return None, (_unknown_revision(self._document_id, error),)
        return updated, ()

    def _download(self) -> Answer:
        return download(
            self._document_id,
            self._poll,
            lambda link: self._client.get(self._document_id, link),
            publisher="data.gov.sg",
            way_out=f"set apis.{self._api}.mode to snapshot",
        )

    def _poll(self) -> str:
        """Poll for the download until a link is available."""
        for pause_s in (*POLL_PAUSES_S, None):
            reply = self._ask(self._poll_url)
            state = "TOO_MANY_REQUESTS" if _is_rate_limited(reply) else self._data_of(reply).get("status")
            if state == "DOWNLOAD_SUCCESS":
                return self._link_of(reply)
            if state == "DOWNLOAD_FAILED":
                raise FetchError(
                    self._document_id,
                    "data.gov.sg could not prepare the download (DOWNLOAD_FAILED); run again later.",
                    retryable=True,
                )
            if state not in ("QUEUED", "TOO_MANY_REQUESTS"):
                raise SourceFormatError(
                    self._document_id,
                    f"poll-download has {show(state)} as status; expected DOWNLOAD_SUCCESS or QUEUED.",
                )
            if pause_s is not None:
                self._access.notify(
                    f"{self._document_id}: data.gov.sg says {state}; checking again in {pause_s:g} s."
                )
                self._access.sleep(pause_s)
        raise FetchError(
            self._document_id,
            f"data.gov.sg said {state} {len(POLL_PAUSES_S) + 1} times; run again later, or set "
            "DATAGOV_API_KEY.",
            retryable=True,
        )

    def _link_of(self, reply: Mapping[str, object]) -> str:
        """Return the signed link, which is never shown, even if it is not one."""
        link = self._data_of(reply).get("url")
        if not is_link(link, self._poll_url):
            raise SourceFormatError(
                self._document_id,
                "poll-download says DOWNLOAD_SUCCESS without an https URL; expected the file's.",
            )
        return str(link)

    def _ask(self, url: str) -> Mapping[str, object]:
        key = self._access.secrets.datagov_api_key
        headers = {"x-api-key": key.get_secret_value().strip()} if key else {}
        answer = self._client.get(self._document_id, url, headers=headers)
        reply = parse_json(
            answer.content, self._document_id, "a reply", may_hold_secrets=True
        )  # such as its own link
        if not is_object(reply):
            raise SourceFormatError(
                self._document_id, f"data.gov.sg replied {show(reply)}; expected code and data."
            )
        return reply

    def _data_of(self, reply: Mapping[str, object]) -> Mapping[str, object]:
        """Return the data of a reply whose code is 0; any other is an error, whatever the HTTP status."""
        code, data = reply.get("code"), reply.get("data")
        if code != 0 or isinstance(code, bool):
            why = " ".join(show(reply[name]) for name in ("name", "errorMsg") if reply.get(name))
            raise FetchError(
                self._document_id,
                f"data.gov.sg replied with code {show(code)}{f' ({why})' if why else ''}; expected 0.",
                retryable=_is_rate_limited(reply),
            )
        if not is_object(data):
            raise SourceFormatError(
                self._document_id, f"data.gov.sg replied with {show(data)} as data; expected an object."
            )
        return data


def _is_rate_limited(reply: Mapping[str, object]) -> bool:
    return reply.get("code") == TOO_MANY_REQUESTS or reply.get("name") == "TOO_MANY_REQUESTS"


def _unknown_revision(document_id: str, error: SourceError) -> Finding:
    return finding_of(
        "revision-unknown",
        f"The date of the last update of {document_id} is unknown: {error}",
        record_id=document_id,
    )
