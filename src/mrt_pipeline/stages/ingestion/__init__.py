"""From LTA's exits, OneMap's positions and the network table to stations with exits; a question a module.

``reference``           what is known beforehand: the network on the day, in the plane
``station_names``       which station does a name or a code stand for
``station_assignment``  to which station and building does each feature belong, and which label does it bear
``buildings``           to which building of an interchange does an exit belong
``identity``            which features are one exit, and what is its id
``positions``           where is each station
``ingest``              the records that are published

All of it is pure: same inputs, same output, whatever the order of the features.
"""

from mrt_pipeline.stages.ingestion.ingest import Ingested, ingest

__all__ = ["Ingested", "ingest"]
