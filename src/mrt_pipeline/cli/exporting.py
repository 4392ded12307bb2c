"""``mrt-pipeline export``: write a dataset in one format to a given folder."""

from __future__ import annotations

from pathlib import Path

from mrt_pipeline.cli.outputs import load_named
from mrt_pipeline.cli.printing import say, warn
from mrt_pipeline.config.licences import choose_licences
from mrt_pipeline.contracts.outputs import LicenceSet
from mrt_pipeline.contracts.run import RunStatus
from mrt_pipeline.errors import UsageError
from mrt_pipeline.history.datasets import LoadedDataset
from mrt_pipeline.orchestrator.exporting import export_dataset, export_into, get_export
from mrt_pipeline.stages.licensing import restrict


def export_run(
    run: str,
    format_name: str,
    folder: Path,
    config: Path | None,
    into: Path | None = None,
    licences: str | None = None,
) -> None:
    """Write a run's dataset in one format and print each file; warn if the dataset could not be verified.

    Args:
        run: name or path of a run, ``latest``, or path of a dataset's file.
        format_name: name of the format.
        folder: folder to write to.
        config: configuration with the folder of runs.
        into: LTA's GTFS feed, if the dataset is to be merged into that.
        licences: ``all``, ``open``, or licences separated by commas; None: those the dataset was made for.

    Raises:
        UsageError: if there is no such format, it cannot be merged into the feed, a licence is unknown, or
            the dataset was made without it.
    """
    chosen = None if licences is None else read_licences(licences)
    spec = get_export(format_name)
    if into is not None and format_name != "gtfs":
        raise UsageError("--into takes a GTFS feed; use it with --format gtfs.")
    loaded = load_named(run, config)
    _warn_of_unfinished(loaded)
    dataset = loaded.dataset if chosen is None else restrict(loaded.dataset, chosen)
    if into is None:
        written = export_dataset(dataset, spec, folder)
    else:
        written, remarks = export_into(dataset, into, folder)
        say(*remarks)
    for path, is_new in written.items():
        say(
            f"Wrote {path}"
            if is_new
            else f"{path} already exists with the same content; nothing was changed."
        )


def read_licences(text: str) -> LicenceSet:
    """Return the licences that a flag names.

    Raises:
        UsageError: if one is unknown, or one required for stations and exits is missing.
    """
    try:
        return choose_licences(text if text in ("all", "open") else [*map(str.strip, text.split(","))])
    except ValueError as error:
        raise UsageError(f"--licences {error}") from error


def _warn_of_unfinished(loaded: LoadedDataset) -> None:
    if loaded.run is not None and loaded.run.manifest.status is not RunStatus.COMPLETED:
        state, see = loaded.run.state_in_words, loaded.run.show_command
        warn(f"{loaded.name} has status {state}; see why before you pass this on: {see}")
