"""Where OneMap puts the building of each station code.

Publisher: Singapore Land Authority. Page: https://www.onemap.gov.sg/apidocs/search. Licence: Singapore Open
Data Licence 1.0. Updated continuously. Last looked at on 2026-11-23.

Quirks: the search is fuzzy and always ranks something first, so that every hit is verified; a building has
its codes in parentheses since about 2024 (``JURONG EAST MRT STATION (NS1 / EW24)``), before that an
interchange's buildings share one name; empty fields are ``NIL``; a token is required since October 2025; an
answer may carry results and an ``error`` together.
"""

from mrt_pipeline.sources.onemap.parsing import parse_stations
from mrt_pipeline.sources.onemap.reading import STATIONS, read_stations, stations_table

__all__ = ["STATIONS", "parse_stations", "read_stations", "stations_table"]
