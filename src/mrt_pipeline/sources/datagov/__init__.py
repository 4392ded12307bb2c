"""LTA MRT Station Exit, the dataset of all exits, from data.gov.sg.

Publisher: Land Transport Authority. Page:
https://data.gov.sg/datasets/d_b39d3a0871985372d7e1637193335da5/view. Licence: Singapore Open Data Licence
1.0. Updated irregularly, about twice a year. Last looked at on 2026-11-23.

Quirks: two shapes are in circulation (``properties`` with STATION_NA, EXIT_CODE and OBJECTID; before 2024
``Name`` and a ``Description`` that is an HTML table); STATION_NA and EXIT_CODE together are not unique,
OBJECTID is; no field says whether a station is open. A download is asked for, may be queued, and is then
had from a signed link that lives briefly: the link is a secret of this run and is neither kept nor told.
"""

from mrt_pipeline.sources.datagov.fetching import fetch_exits
from mrt_pipeline.sources.datagov.parsing import parse_exits
from mrt_pipeline.sources.datagov.reading import EXITS, exits_table, read_exits

__all__ = ["EXITS", "exits_table", "fetch_exits", "parse_exits", "read_exits"]
