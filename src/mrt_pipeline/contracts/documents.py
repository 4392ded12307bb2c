"""The documents that sources publish, and their licences."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Licence:
    """Terms of use for documents, with the sentence that attributes them to their publisher."""

    licence_id: str
    """SPDX-like, repeated in each value's evidence"""
    url: str
    attribution: str
    """template with ``{dataset}``, ``{source}``, ``{date}`` or ``{when}`` (with ``on``), and the licence's
    ``{url}``"""
    is_open: bool = False
    """whether it requires attribution at most: values may then be combined and passed on under any terms"""


SODL = Licence(
    "SODL-1.0",
    "https://data.gov.sg/open-data-licence",
    "Contains information from {dataset} accessed {when} from {source} which is made available under the "
    "terms of the Singapore Open Data Licence version 1.0 {url}",
    is_open=True,
)
CC_BY_SA_3 = Licence(
    "CC-BY-SA-3.0",
    "https://creativecommons.org/licenses/by-sa/3.0/",
    "Facts from “{dataset}” ({source}) by its contributors, CC BY-SA 3.0 {url}",
)
CC_BY_4 = Licence(
    "CC-BY-4.0",
    "https://creativecommons.org/licenses/by/4.0/",
    "Contains facts from “{dataset}” by {source}, accessed on {date} and rearranged, CC BY 4.0 {url}",
    is_open=True,
)
ODBL = Licence(
    "ODbL-1.0",
    "https://opendatacommons.org/licenses/odbl/1-0/",
    "Contains information from {dataset}, © {source}, read on {date}, which is made available under the Open "
    "Database License 1.0 {url}",
)
"""share-alike: derived data must have the same licence"""
SBS_TRANSIT_FACTS = Licence(
    "LicenseRef-SBS-Transit-facts",
    "https://www.sbstransit.com.sg/",
    "Facts from {dataset} of {source}, read on {date}; the text of those pages is SBS Transit's own",
)
"""facts from an operator's site without its text: not an open licence"""
LTA_WEBSITE_FACTS = Licence(
    "LicenseRef-LTA-website-facts",
    "https://www.lta.gov.sg/",
    "Facts from {dataset} of {source}, read on {date}; the text of those pages is LTA's own",
)
"""facts from LTA's site, which has its own terms: not an open licence"""
OFFICIAL_STATEMENTS = Licence(
    "LicenseRef-official-statements",
    "https://www.mot.gov.sg/",
    "{source}, {date}: {dataset} ({url})",
)
"""public statements of an authority, in our own words: not an open licence"""

OWN_LICENCES = tuple(named for named in tuple(vars().values()) if isinstance(named, Licence))
"""all of the above"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document of one publisher, with its names in fingerprints, recordings and attributions."""

    document_id: str
    title: str
    publisher: str
    url: str
    """a page for people"""
    dataset: str = ""
    """name in the attribution, if not the title"""
    source: str = ""
    """origin in the attribution, if more than the publisher's name"""
    licence: Licence = SODL
    record_type: type | None = None
    """dataclass of its records; None for a text"""

    def attribution(self, accessed_on: date) -> str:
        """Return the sentence that the licence requires."""
        return self.licence.attribution.format(
            dataset=self.dataset or self.title,
            date=accessed_on,
            when=f"on {accessed_on}",
            source=self.source or self.publisher,
            url=self.licence.url,
        )
