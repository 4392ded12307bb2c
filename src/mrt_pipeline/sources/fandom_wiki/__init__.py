"""Singapore MRT Lines wiki: one page per station, written by volunteers.

Publisher: contributors of singapore-mrt-lines.fandom.com, a MediaWiki. Licence: CC BY-SA 3.0, so facts taken
from it name page and revision and stay identifiable. Updated at any time. Quirks: ``/api.php`` is beside
``/wiki/``; errors, missing pages and a lagging server are all answered with status 200; large batches are cut
and resumed with ``continue``; titles are case sensitive, and casing is the wiki's own; some clients get 403.
Protocol: https://www.mediawiki.org/wiki/API:Main_page, API:Etiquette. Last looked at on 2026-11-23.
"""

from typing import Annotated

from pydantic import Field, HttpUrl

from mrt_pipeline.contracts.fields import PARTS
from mrt_pipeline.contracts.sections import ApiSection, BaseUrl, InputPath
from mrt_pipeline.contracts.source_spec import Rate, RateLimit, SourceSpec


class FandomSection(ApiSection):
    """Singapore MRT Lines wiki."""

    base_url: BaseUrl = HttpUrl("https://singapore-mrt-lines.fandom.com/wiki")
    """the wiki's article path; api.php is beside it"""
    vocabulary: Annotated[str | None, InputPath] = Field(default=None, min_length=1)
    """CSV file of your own with the meaning of heads and keys of pages, besides the package's; null: none"""


SPEC = SourceSpec(
    name="fandom_wiki",
    package=__name__,
    place=8,
    max_age_days=90,
    api="fandom",
    section=FandomSection,
    live_inputs=("fandom-wiki",),
    is_recorded=False,
    kept_state="kept:describe_kept",
    fills=tuple(part.record_type for part in PARTS.values()),
    rates={"fandom.com": RateLimit((Rate(10, 1),), is_serial=True)},
)
