"""The exits as a table, recorded in the package or fetched live."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from mrt_pipeline.config.settings import Settings
from mrt_pipeline.contracts.sections import Mode
from mrt_pipeline.contracts.source import ExitFeature, SourceTable
from mrt_pipeline.runtime.datagov_download import Dataset, fetch_dataset
from mrt_pipeline.runtime.documents import Count, Payload, check_number, refuse_losses, table_of
from mrt_pipeline.sources.datagov import EXITS
from mrt_pipeline.sources.datagov.parsing import EXITS_ID, parse_exits

if TYPE_CHECKING:
    from mrt_pipeline.contracts.documents import Document
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.source_access import SourceAccess


COUNT = Count("exit", "stages.stage1_ingestion.expected_exits", "more-exits-than-expected")


def read_exits(
    access: SourceAccess, ttl_days: float, *, sleep: Callable[[float], None] = time.sleep
) -> SourceTable[ExitFeature]:
    """Return every exit of LTA's file, recorded or live as configured, sorted by OBJECTID.

    A file of which nobody could say when it was last updated is used, and not kept on disk.

    Raises:
        SourceError: if the file cannot be had, has the wrong structure, lost a record or holds too few.
    """
    if access.mode_of("datagov") is not Mode.LIVE:
        return _check_number(access.recorded_table(EXITS), access.settings)

    def read(answers: Answers) -> SourceTable[ExitFeature]:
        dataset = Dataset(EXITS_ID, access.settings.apis.datagov.dataset_id, "datagov")
        return refuse_losses(
            exits_table(fetch_dataset(access, answers, dataset, sleep=sleep), access.settings)
        )

    return access.read_checked(
        EXITS_ID, ttl_days, read, is_sound=lambda table: bool(table.provenance.revision)
    )


def record(access: SourceAccess) -> Iterator[SourceTable[ExitFeature]]:
    """Yield what is to be recorded, asked of the service now."""
    yield read_exits(access, ttl_days=0)


def read_files(_: Document, payloads: Sequence[Payload], settings: Settings) -> SourceTable[ExitFeature]:
    """Return the exits of a downloaded file; of several, the last."""
    return exits_table(payloads[-1], settings)


def exits_table(payload: Payload, settings: Settings) -> SourceTable[ExitFeature]:
    """Return the exits of a payload, with the findings about its records and their number.

    Raises:
        SourceFormatError: if it has the wrong structure or holds too few exits.
    """
    return _check_number(table_of(EXITS, payload, parse_exits(payload.content)), settings)


def _check_number(table: SourceTable[ExitFeature], settings: Settings) -> SourceTable[ExitFeature]:
    return check_number(table, settings.stages.stage1_ingestion.expected_exits, COUNT)
