"""``mrt-pipeline approve``, ``release`` and ``rollback``: from a reviewed run to what others download."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from mrt_pipeline.cli.flags import Config, given_path, path_option

Run = Annotated[str, typer.Argument(help="Name or path of a run's folder, or latest")]
Folder = Annotated[Path, typer.Argument(parser=given_path, metavar="DIR", help="Folder of all releases")]


def approve(
    run: Run,
    approved_by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who looked at the dataset")],
    note: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What was looked at; published with the release")
    ] = None,
    checklist: Annotated[Path | None, path_option("Checklist that the report's page has saved")] = None,
    is_incomplete_wanted: Annotated[
        bool, typer.Option("--incomplete", help="Approve although points of the checklist are not ticked")
    ] = False,
    config: Config = None,
) -> None:
    """Record that a person looked at a run's dataset and answers for it; a later change voids that."""
    from mrt_pipeline.cli.outputs import outputs_of
    from mrt_pipeline.cli.printing import say
    from mrt_pipeline.errors import UsageError
    from mrt_pipeline.history.runs import get_run
    from mrt_pipeline.releasing.admission import admit
    from mrt_pipeline.releasing.approving import approve, read_review
    from mrt_pipeline.runtime.clock import singapore_date, utc_now

    if is_incomplete_wanted and checklist is None:
        raise UsageError("--incomplete concerns the checklist; give it with --checklist, or not at all.")
    now = utc_now()
    candidate = admit(get_run(run, outputs_of(config, run)), singapore_date(now))
    review = (
        None
        if checklist is None
        else read_review(checklist, candidate, is_incomplete_wanted=is_incomplete_wanted)
    )
    approval = approve(candidate, approved_by, note, review, now)
    folder = candidate.run.folder
    say(f"{folder} is approved by {approval.approved_by}, as of {candidate.dataset.metadata.as_of}.")
    say(f"Next: {shlex.join(['mrt-pipeline', 'release', str(folder)])} --to DIR")


COMMANDS = (approve,)
