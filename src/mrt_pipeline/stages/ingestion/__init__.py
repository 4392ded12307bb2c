"""From LTA's exits, OneMap's positions and the network table to stations with exits; a question a module.

``reference``  what is known beforehand: the network on the day, in the plane
``surveys``    where does each feature lie, and what is nearest to it
``names``      which station does a name or a code stand for
``labels``     which label does an exit bear
``buildings``  to which building of an interchange does an exit belong
``placing``    to which station and building does each feature belong
``identity``   which features are one exit, and what is its id
``positions``  where is each station
``stations``   the records that are published

All of it is pure: same inputs, same output, whatever the order of the features.
"""

from mrt_pipeline.stages.ingestion.ingest import Ingested, ingest

__all__ = ["Ingested", "ingest"]
