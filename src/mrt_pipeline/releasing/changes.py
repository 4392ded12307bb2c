"""Changes since the previous release: ``delta.json`` for programs, ``CHANGES.md`` for people."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mrt_pipeline.compare.access_turns import warn_of_lost_answer, warn_of_turn
from mrt_pipeline.compare.comparison import compare_datasets
from mrt_pipeline.compare.regressions import find_losses
from mrt_pipeline.compare.wording import Section, describe, headline
from mrt_pipeline.contracts.names import FINAL_NAME
from mrt_pipeline.contracts.outputs import Stage3Output
from mrt_pipeline.contracts.release import Delta
from mrt_pipeline.errors import CorruptCheckpointError
from mrt_pipeline.releasing.naming import DELTA_NAME
from mrt_pipeline.releasing.shelf import Released
from mrt_pipeline.report.texts import show_message
from mrt_pipeline.runtime.checkpoints import parse_dataset

FIRST = "This is the first release; there is no earlier one to compare with."
OTHER_FORM = "The previous release has a different dataset format and cannot be compared."
SAME = "No change to stations, exits or values."
ACCESS_TITLE = "Step-free access changed: verify before relying on it"
MAX_LINES = 500
"""lines of one kind in CHANGES.md; delta.json has all"""

_MARKUP = re.compile(r"([\\`*_\[\]<>&|~])")


def find_changes(version: str, dataset: Stage3Output, previous: Released | None) -> Delta:
    """Return the changes in a new release, without findings, which the report shows.

    Args:
        version: version of the new release.
        dataset: dataset of the new release.
        previous: the previous release; None for the first one.

    Raises:
        ReleaseError: if the previous release was changed.
    """
    if previous is None:
        return Delta(version=version, why_not_compared=FIRST)
    content = previous.read(FINAL_NAME)
    before = previous.index.version
    try:
        old = parse_dataset(previous.folder / FINAL_NAME, content, "")
    except CorruptCheckpointError:  # the bytes are those released, so this version cannot read them
        return Delta(version=version, previous=before, why_not_compared=OTHER_FORM)
    losses = find_losses(old, dataset)
    told = (*map(warn_of_turn, losses.turns), *map(warn_of_lost_answer, losses.lost_answers))
    changes = compare_datasets(old, dataset).model_copy(update={"findings": ()})
    return Delta(version=version, previous=before, changes=changes, access=told)


def sum_up(delta: Delta) -> str:
    """Return the changes in one sentence."""
    if delta.changes is None:
        return delta.why_not_compared or FIRST
    return SAME if delta.changes.is_same else headline(delta.changes)


def list_changes(delta: Delta, most: int = MAX_LINES) -> Iterator[Section]:
    """Yield every kind of change with its lines, step-free access first."""
    if delta.access:
        yield Section(ACCESS_TITLE, tuple(finding.message for finding in delta.access))
    if delta.changes is not None:
        yield from describe(delta.changes, most)


def render_changes(delta: Delta) -> bytes:
    """Return ``CHANGES.md``."""
    lines = [f"# Changes in {delta.version}", "", *_head(delta), sum_up(delta)]
    for section in list_changes(delta):
        lines += ["", f"## {section.title}", "", *_bullets(section)]
    return ("\n".join(lines) + "\n").encode()


def _head(delta: Delta) -> Iterator[str]:
    if delta.changes is not None:
        yield (
            f"The network of {delta.changes.new.as_of}, compared with release {delta.previous}, which "
            f"described {delta.changes.old.as_of}. All changes with their evidence: {DELTA_NAME}."
        )
        yield ""


def _bullets(section: Section) -> Iterator[str]:
    """Yield the lines of a section as a list, each with its explanation below it."""
    for line in section.lines:
        first, *others = line.split("\n")
        yield f"- {_as_markdown(first)}"
        yield from (f"  - {_as_markdown(other.strip())}" for other in others)


def _as_markdown(text: str) -> str:
    """Return a source's text escaped so that Markdown shows it unchanged."""
    return _MARKUP.sub(r"\\\1", show_message(text))
