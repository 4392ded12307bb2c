"""The network as data: lines, codes, opening dates and services."""

from mrt_pipeline.network.entities import (
    CodeEntry,
    Direction,
    KnownExit,
    Line,
    Network,
    Service,
    compose_exit_id,
)
from mrt_pipeline.network.loading import load_network
from mrt_pipeline.network.provenance import NETWORK_DOCUMENT, network_evidence, network_provenance

__all__ = [
    "NETWORK_DOCUMENT",
    "CodeEntry",
    "Direction",
    "KnownExit",
    "Line",
    "Network",
    "Service",
    "compose_exit_id",
    "load_network",
    "network_evidence",
    "network_provenance",
]
