"""``mrt-pipeline`` and its commands; each imports what it needs when it runs, so that help is instant."""

from __future__ import annotations

import sys
import threading
from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from mrt_pipeline import __version__
from mrt_pipeline.cli.flags import (
    DEFAULT_CONFIG,
    App,
    AsJson,
    Config,
    DatasetName,
    RunFlags,
    RunName,
    ShowsAll,
    day_option,
    path_argument,
    path_option,
    with_run_flags,
)
from mrt_pipeline.cli.printing import print_traceback
from mrt_pipeline.cli.releasing import COMMANDS
from mrt_pipeline.errors import (
    EXIT_FAILURE,
    EXIT_INTERRUPTED,
    MrtPipelineError,
    OutOfMemoryError,
    UsageError,
)
from mrt_pipeline.runtime.memory import Need, refuse_small_memory

EXAMPLES = """\
\b
Examples:
  mrt-pipeline run                        run the full pipeline
  mrt-pipeline run --output-dir FOLDER    in a folder you name
  mrt-pipeline run --stage 1              run stage 1 only
  mrt-pipeline run --resume-from 2        resume the newest run from stage 2
  mrt-pipeline run --skip-existing        finish the newest run: what is missing or stale
  mrt-pipeline run --retry-failed         retry stations where a source failed
  mrt-pipeline run --resume-from 3 --accept-changes
                                          publish despite losses over the limits
  mrt-pipeline run --config FILE          use a different configuration
"""

app = App(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Build one verified dataset of Singapore's MRT and LRT stations and exits from public sources.",
)
config_app = App(no_args_is_help=True, help="Check the configuration, or write one.", rich_markup_mode=None)
snapshot_app = App(
    no_args_is_help=True, help="Manage the data recorded in the package.", rich_markup_mode=None
)
app.add_typer(config_app, name="config")
app.add_typer(snapshot_app, name="snapshot")


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version")
    ] = False,
) -> None:
    """Build one verified dataset of Singapore's MRT and LRT stations and exits from public sources."""


def main() -> NoReturn:
    """Run the ``mrt-pipeline`` command line."""
    _run_app(app)


def run_main(default_config: Path) -> NoReturn:
    """Run ``python src/orchestrator.py``: the flags of ``mrt-pipeline run`` without its name.

    Args:
        default_config: configuration beside the script, used if neither flag nor environment names one.
    """
    script = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    script.command(epilog=EXAMPLES)(run)
    _run_app(script, default_config)


@app.command(epilog=EXAMPLES)
@with_run_flags
def run(
    context: typer.Context,
    flags: RunFlags,
    is_quiet: Annotated[bool, typer.Option("--quiet", help="Show warnings and errors only")] = False,
    as_json: AsJson = False,
) -> None:
    """Run the pipeline: ingest, enrich, merge and validate."""
    refuse_small_memory(Need.RUN)
    from mrt_pipeline.cli.running import run_pipeline

    run_pipeline(flags, context.obj, is_quiet=is_quiet, as_json=as_json)


@app.command()
@with_run_flags
def plan(flags: RunFlags, as_json: AsJson = False) -> None:
    """Show what a run would do, without changing anything.

    Takes the flags of run, and shows for each stage why it would be run or reused.
    """
    from mrt_pipeline.cli.dry_run import show_plan

    show_plan(flags.config, flags.request(), as_json=as_json)


@app.command()
def runs(config: Config = None, as_json: AsJson = False) -> None:
    """List all runs, newest first."""
    from mrt_pipeline.cli.history import list_runs

    list_runs(config, as_json=as_json)


@app.command()
def show(
    run: RunName,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Show one run in detail.

    Shows its attempts, stages, sources, findings and cost, and how to resume it.
    """
    from mrt_pipeline.cli.history import show_run

    show_run(run, config, as_json=as_json)


@app.command()
def diff(
    old: Annotated[
        str | None,
        typer.Argument(
            metavar="OLD", help="Run or stage3_final.json [default: the successful run before NEW]"
        ),
    ] = None,
    new: Annotated[
        str | None,
        typer.Argument(metavar="NEW", help="Run or stage3_final.json [default: the newest successful run]"),
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 1 if anything differs")] = False,
) -> None:
    """Show what changed between two datasets.

    Compares their stations, exits, lines, values and findings.
    """
    from mrt_pipeline.cli.comparing import show_differences

    raise typer.Exit(show_differences(old, new, config, as_json=as_json, exit_code=exit_code))


@app.command()
def explain(
    station: Annotated[
        str,
        typer.Argument(metavar="STATION", help="Code (current or former), slug, or beginning of a name"),
    ],
    exit_label: Annotated[
        str | None, typer.Option("--exit", metavar="EXIT", help="Label or exit_id of one exit")
    ] = None,
    field: Annotated[
        str | None,
        typer.Option(
            "--field", metavar="FIELD", help="One field, e.g. bus_stops, bus_stops.services or step_free"
        ),
    ] = None,
    show_all: Annotated[
        bool, typer.Option("--all", help="Show every reason for every value of the station")
    ] = False,
    run: Annotated[
        str | None,
        typer.Option("--run", metavar="RUN", help="Run or stage3_final.json [default: latest]"),
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Explain why a value is published.

    Shows its source, record or wording, date, licence and method, and what was rejected.
    """
    from mrt_pipeline.cli.explaining import show_explanation

    show_explanation(station, exit_label, field, run, config, as_json=as_json, show_all=show_all)


@app.command()
def coverage(
    run: DatasetName,
    is_short: Annotated[
        bool, typer.Option("--short", help="Only what is known and how old each source is")
    ] = False,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Print what is known about exits, as Markdown.

    Shows how much each source contributes, its age, agreements and contradictions.
    """
    from mrt_pipeline.cli.explaining import show_coverage

    show_coverage(run, config, is_short=is_short, as_json=as_json)


@app.command()
def validate(
    file: Annotated[
        Path,
        path_argument("TARGET", "A run (name, path, or latest), one of its files, or a stage3_final.json"),
    ],
    config: Config = None,
    shows_all: ShowsAll = False,
) -> None:
    """Check a run's files and its dataset.

    Checks that the files are unchanged, and checks the dataset again. Exits with 1 if anything is wrong.
    """
    from mrt_pipeline.cli.validating import validate_file

    raise typer.Exit(validate_file(file, config, shows_all=shows_all))


@app.command()
def export(
    run: DatasetName,
    format_name: Annotated[
        str, typer.Option("--format", metavar="NAME", help="A format listed under output.formats, e.g. csv")
    ],
    folder: Annotated[Path, path_option("Folder to write into; created if missing", "--to")],
    into: Annotated[
        Path | None,
        path_option(
            "With --format gtfs: LTA's GTFS feed; writes a copy of it with the missing entrances and "
            "wheelchair_boarding values filled in",
            "--into",
        ),
    ] = None,
    licences: Annotated[
        str | None,
        typer.Option(
            metavar="SET", help="all, open, or a comma-separated list of licences [default: the run's]"
        ),
    ] = None,
    config: Config = None,
) -> None:
    """Export a dataset in one format.

    A file whose content differs is never overwritten.
    """
    from mrt_pipeline.cli.exporting import export_run

    export_run(run, format_name, folder, config, into, licences)


@app.command()
def evaluate(
    folder: Annotated[Path, path_argument("FOLDER", "Folder of pages (HTML or JSON) with answers.csv")],
    config: Config = None,
    as_of: Annotated[
        date | None,
        day_option("Date of the network to check the pages against [default: today in Singapore]", "--as-of"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure how well the extraction rules read your own pages.

    Shows recall and precision by field, and what was missed and why.
    """
    from mrt_pipeline.cli.evaluating import show_evaluation

    show_evaluation(folder, config, as_of, as_json=as_json)


for command in COMMANDS:
    app.command()(command)


@config_app.command("check")
def config_check(
    path: Annotated[Path | None, path_argument("PATH", f"File to check [default: {DEFAULT_CONFIG}]")] = None,
    config: Annotated[
        Path | None, path_option(f"Same as PATH [default: {DEFAULT_CONFIG}]", "--config")
    ] = None,
) -> None:
    """Check a configuration file and report every error in it."""
    from mrt_pipeline.cli.config_file import check_config

    if path is not None and config is not None:
        raise UsageError(f"Two configuration files were given, {path} and {config}; specify one.")
    check_config(path or config)


@config_app.command("init")
def config_init(
    path: Annotated[
        Path | None, path_argument("PATH", "Where to write it [default: config/pipeline.yaml]")
    ] = None,
) -> None:
    """Write a commented configuration file with all defaults.

    It is ready to edit. An existing file is never overwritten.
    """
    from mrt_pipeline.cli.config_file import init_config
    from mrt_pipeline.config.pipeline_config import DEFAULT_PATH

    init_config(path or DEFAULT_PATH)


@config_app.command("schema")
def config_schema() -> None:
    """Print the JSON Schema of the configuration file, for editors."""
    import json

    from mrt_pipeline.config import json_schema

    typer.echo(json.dumps(json_schema(), indent=2))


@snapshot_app.command("refresh")
def snapshot_refresh(
    config: Config = None,
    exits: Annotated[Path | None, path_option("LTA MRT Station Exit as GeoJSON")] = None,
    onemap: Annotated[
        list[Path] | None, path_option("OneMap search results, as JSON or CSV; repeatable")
    ] = None,
    bus_stops: Annotated[Path | None, path_option("DataMall BusStops as JSON")] = None,
    bus_services: Annotated[
        Path | None, path_option("DataMall BusRoutes, or busrouter services, as JSON")
    ] = None,
    given: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="DOCUMENT=PATH", help="File for any other document; repeatable"),
    ] = None,
    retrieved_at: Annotated[
        date | None,
        day_option("Date on which the files were downloaded, UTC", "--retrieved-at"),
    ] = None,
    output_dir: Annotated[
        Path | None, path_option("Write the tables here [default: the package's own]")
    ] = None,
    shows_all: ShowsAll = False,
) -> None:
    """Update the recorded tables from files or live services."""
    from mrt_pipeline.cli.snapshots import files_by_document, refresh

    named = {
        "lta-station-exits": [exits] if exits else [],
        "onemap-stations": onemap or [],
        "lta-bus-stops": [bus_stops] if bus_stops else [],
        "lta-bus-services": [bus_services] if bus_services else [],
    }
    refresh(config, files_by_document(named, given or []), retrieved_at, output_dir, shows_all=shows_all)


def _hint(error: MrtPipelineError) -> str:
    """Return what to do after an error, unless its message says so."""
    if error.go_on_with and not error.names_command:
        return f"Resume with: {error.go_on_with}"
    return ""


def _call(application: typer.Typer, default_config: Path | None) -> None:
    try:
        application(obj=default_config)
    except MemoryError as error:
        raise OutOfMemoryError from error


def _run_app(application: typer.Typer, default_config: Path | None = None) -> NoReturn:
    """Run an application; every error raised on purpose becomes one message on stderr and an exit code.

    So does an unforeseen operating-system error: about the file that it names, such as one whose name is too
    long; without a name it comes from printing. Any other exception shows a traceback.
    """
    sys.excepthook = print_traceback
    threading.excepthook = lambda ended: print_traceback(
        ended.exc_type, ended.exc_value or ended.exc_type(), ended.exc_traceback
    )
    try:
        _call(application, default_config)
    except MrtPipelineError as error:
        from mrt_pipeline.cli.console import print_error

        print_error(str(error), hint=_hint(error))
        sys.exit(error.exit_code)
    except OSError as error:
        from mrt_pipeline.cli.console import give_up_output, print_error
        from mrt_pipeline.runtime.files import describe_os_error

        if error.filename is None:
            give_up_output(error)
        else:
            print_error(f"{error.filename}: {describe_os_error(error)}.")
        sys.exit(EXIT_FAILURE)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
    sys.exit(0)
