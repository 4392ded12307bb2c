"""Ask a server of the Overpass API for all entrances in Singapore, in one request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from mrt_pipeline.errors import FetchError
from mrt_pipeline.sources.openstreetmap import ENTRANCES, SPEC

if TYPE_CHECKING:
    from mrt_pipeline.runtime.checked_answers import Answers
    from mrt_pipeline.runtime.http import Answer
    from mrt_pipeline.runtime.source_access import SourceAccess

ENTRANCES_ID = ENTRANCES.document_id
MAX_BYTES = 8 * 2**20
"""some 150 kB in 2026"""
NOT_ACCEPTABLE = 406
QUERY = (
    '[out:json][timeout:60];area["ISO3166-1"="SG"][admin_level=2]->.here;'
    'node(area.here)["railway"~"^(subway_entrance|train_station_entrance)$"];out body;'
)


def fetch_entrances(access: SourceAccess, answers: Answers) -> Answer:
    """Return the answer with all entrances.

    Raises:
        SourceError: if there is none.
    """
    url = str(access.settings.apis.openstreetmap.base_url)
    fields = {"data": QUERY}

    def ask(_: Mapping[str, str]) -> Answer:
        try:
            return access.http(SPEC.api).post_form(ENTRANCES_ID, url, fields, max_bytes=MAX_BYTES)
        except FetchError as error:
            if error.status != NOT_ACCEPTABLE:
                raise
            raise FetchError(
                ENTRANCES_ID,
                f"{url} answered {NOT_ACCEPTABLE}, as it does to a program that does not say who runs it; "
                "set contact to a URL or an e-mail address at which the server's operators can reach you.",
                status=NOT_ACCEPTABLE,
            ) from error

    return answers.get(f"{url}?{urlencode(fields)}", ask, max_bytes=MAX_BYTES)
