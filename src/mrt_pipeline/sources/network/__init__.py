"""The network's own table: the directions of trains at each station.

Publisher: this project (``mrt_pipeline/network``), from OneMap and announcements of the Land Transport
Authority. Changed when the network changes.
"""

from mrt_pipeline.contracts.network import Platform
from mrt_pipeline.contracts.source_spec import SourceSpec

SPEC = SourceSpec(
    name="network",
    package=__name__,
    place=3,
    cites=("network-table",),
    fills=(Platform,),
)
