"""Stage 1: the stations in operation and their exits; deterministic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mrt_pipeline.contracts.names import STAGE1_INGESTION
from mrt_pipeline.contracts.outputs import Stage1Output
from mrt_pipeline.contracts.sections import Mode
from mrt_pipeline.contracts.source import ExitFeature, SourceTable, StationLocation
from mrt_pipeline.contracts.stage import PipelineStage
from mrt_pipeline.errors import StageOutputError
from mrt_pipeline.network import Network, load_network
from mrt_pipeline.runtime.checkpoints import write_checkpoint
from mrt_pipeline.runtime.context import RunContext, default_context
from mrt_pipeline.runtime.threads import asking, await_ended
from mrt_pipeline.stages.ingestion import ingest

if TYPE_CHECKING:
    from mrt_pipeline.config import PipelineConfig


class Stage1Ingestion(PipelineStage[None, Stage1Output]):
    """Makes stations and exits from LTA's exits file, OneMap's positions and the network table."""

    def __init__(self, config: PipelineConfig, context: RunContext | None = None) -> None:
        self._context = context or default_context(config)

    @property
    def stage_name(self) -> str:
        """Return ``stage1_ingestion``."""
        return STAGE1_INGESTION

    def validate_input(self, input_data: None) -> None:
        """Accept None: the first stage has no input except its sources."""

    def execute(self, input_data: None) -> Stage1Output:
        """Return the stations on the run's date, with every feature of the exits file accounted for.

        Raises:
            SourceError: if a source cannot be obtained or read.
        """
        context, network = self._context, load_network()
        section = context.settings.stages.stage1_ingestion
        context.stop.check()
        with context.access.limited(f"stages.{self.stage_name}.timeout_minutes", section.timeout_minutes):
            exits, locations = self._read_sources(network)
        made = ingest(network, context.as_of, exits, locations)
        return Stage1Output(
            metadata=context.metadata_of(self.stage_name),
            stations=made.stations,
            future_stations=made.future_stations,
            features=made.features,
            provenance=made.provenance,
            findings=made.findings,
        )

    def validate_output(self, output: Stage1Output) -> None:
        """Raise ``StageOutputError`` if there is no station, so that an empty dataset is never published."""
        if not output.stations:
            raise StageOutputError(
                self.stage_name,
                f"according to network/codes.csv, no station is in operation on {output.metadata.as_of}; "
                f"expected at least one for the {len(output.features)} features of lta-station-exits. "
                "Choose another day with --as-of, or correct the opening dates in network/codes.csv.",
            )

    def save_checkpoint(self, output: Stage1Output, output_dir: Path | str) -> Path:
        """Write ``stage1_deterministic.json`` and return its path."""
        return write_checkpoint(output_dir, self.stage_name, output)

    def _read_sources(
        self, network: Network
    ) -> tuple[SourceTable[ExitFeature], SourceTable[StationLocation] | None]:
        """Return the exits and OneMap's places; of two services, both are asked at the same time.

        If both fail, it is the exits that are reported.
        """
        from mrt_pipeline.sources.datagov.reading import read_exits

        context = self._context
        if not all(context.access.mode_of(api) is Mode.LIVE for api in ("datagov", "onemap")):
            exits = read_exits(context.access)
            context.stop.check()
            return exits, self._read_locations(network)
        with asking([network], self._read_locations) as located:
            exits = read_exits(context.access)
            context.stop.check()
            return exits, await_ended(located[0]).result()

    def _read_locations(self, network: Network) -> SourceTable[StationLocation] | None:
        """Return OneMap's positions of the stations in operation, if configured."""
        context = self._context
        if "onemap" not in context.settings.stages.stage1_ingestion.sources:
            return None
        from mrt_pipeline.sources.onemap.reading import read_stations

        wanted = [
            (entry.station_code, network.names[entry.slug])
            for entries in network.open_codes(context.as_of).values()
            for entry in entries
        ]
        return read_stations(context.access, wanted)
