"""Turn LTA's exits, OneMap's positions and the network table into stations; one question per module.

``reference``           what is known in advance: the network on the date, in plane coordinates
``station_names``       which station a name or code denotes
``station_assignment``  which station and building each feature belongs to, and its label
``buildings``           which building of an interchange an exit belongs to
``identity``            which features are one exit, and what its id is
``positions``           where each station is
``ingest``              the published records

Everything here is pure: equal inputs give equal outputs, in any order of the features.
"""

from mrt_pipeline.stages.ingestion.ingest import Ingested, ingest

__all__ = ["Ingested", "ingest"]
