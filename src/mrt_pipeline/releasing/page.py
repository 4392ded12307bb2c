"""``index.html``: the page of the current release. It loads nothing and needs no script.

All text from sources is escaped here, by ``_text``; markup is never taken from data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

from mrt_pipeline.contracts.counting import counted, joined
from mrt_pipeline.contracts.fields import title_of
from mrt_pipeline.contracts.release import (
    Approval,
    Delta,
    ReleasedSet,
    ReleaseIndex,
    Resource,
    SourceRead,
    VersionEntry,
    Versions,
)
from mrt_pipeline.releasing.changes import list_changes, sum_up
from mrt_pipeline.releasing.naming import CHANGES_NAME, DELTA_NAME, INDEX_NAME, SUMS_NAME, VERSIONS_NAME
from mrt_pipeline.report import hash_of, load_style
from mrt_pipeline.report.texts import show_message

STYLE = Path(__file__).parent / "assets" / "page.css"
MAX_CHANGES = 20
"""lines of one kind; CHANGES.md has more, delta.json has all"""

MAX_UNFOLDED = 20
"""how many sentences of one licence are shown unfolded"""

WHAT = {
    "dataset": "Everything, each value with its evidence",
    "report": "The network on a map, findings and changes; works offline",
    "attribution": "Credits to publish with the data",
    "citation": "How to cite it",
    "changes": "What changed, as text",
    "delta": "What changed, as JSON with evidence",
    "materials": "Software used to build it (CycloneDX)",
    "mrt_transit_graph.meta": "The date and licences of mrt_transit_graph.json",
}
"""descriptions of files that are not output formats, or accompany one, by their names in the index"""

PANDAS = """\
import json, pandas
with open("latest/mrt_transit_graph.json", encoding="utf-8") as file:
    stations = json.load(file)
exits = pandas.json_normalize(stations, "exits", ["slug", "name"])
print(exits["step_free"].value_counts())  # unknown never means no"""

PARTS = ("Downloads", "Coverage", "Sources", "Changes", "Use it", "Licences", "All releases")


def render_page(versions: Versions, index: ReleaseIndex, delta: Delta) -> bytes:
    """Return the page of the current release; equal inputs give equal bytes."""
    style = load_style(STYLE)
    bodies = (
        _downloads(index),
        _coverage(index),
        _sources(index),
        _changes(index, delta),
        _use(index),
        _licences(index),
        _versions(versions),
    )
    sections = "".join(map(_section, PARTS, bodies))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src '
        f"'{hash_of(style)}'; img-src data:; base-uri 'none'; form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{_text(index.title)}</title>\n<link rel="icon" href="data:,">\n<style>{style}</style>\n'
        f'</head>\n<body>\n<a class="skip" href="#main">Skip to the content</a>\n{_header(index)}'
        f'<main id="main">\n{sections}</main>\n{_footer(index)}</body>\n</html>\n'
    ).encode()


def _header(index: ReleaseIndex) -> str:
    figures = index.counts.model_dump(exclude={"future_stations"})
    shown = "".join(f"<li><b>{number:,}</b> {what}</li>" for what, number in figures.items())
    links = "".join(f'<li><a href="#{_id(title)}">{title}</a></li>' for title in PARTS)
    return (
        f"<header>\n<h1>{_text(index.title)}</h1>\n"
        f"<p>Release {index.version}, made on {index.released_at:%Y-%m-%d}.</p>\n{_approval(index.approval)}"
        f'<ul class="figures">{shown}</ul>\n'
        f'<nav aria-label="Parts of this page"><ul>{links}</ul></nav>\n</header>\n'
    )


def _approval(approval: Approval) -> str:
    """Return who vouches for the release, with their note and the points they left open."""
    note = f" {approval.note}" if approval.note else ""
    who = f"Approved by {approval.approved_by} on {approval.approved_at:%Y-%m-%d}.{note}"
    unticked = approval.review.unticked if approval.review is not None else ()
    left = f"<p>Not reviewed before approval:</p>{_list(unticked)}\n" if unticked else ""
    return f'<p class="quiet">{_text(who)}</p>\n{left}'


def _footer(index: ReleaseIndex) -> str:
    return (
        f"<footer><p>Made from run {_text(index.run_id)} by version {_text(index.software_version)} of the "
        "program. This page makes no network requests and uses no scripts.</p></footer>\n"
    )


def _downloads(index: ReleaseIndex) -> str:
    rows = [_download(index, resource) for resource in index.resources]
    links = ", ".join(_link(f"{index.version}/{name}", name) for name in (INDEX_NAME, SUMS_NAME))
    apart = "".join(
        f"<p>The files in <code>{_text(one.path)}</code> contain only values licensed under "
        f"{_text(joined(one.licences, 'or'))}; the others contain everything. "
        f"{_text(_tell_lacking(index, one))}</p>"
        for one in index.sets
        if one.path
    )
    return (
        f"<p>These files never change. The newest files are also under <code>latest/</code>. For programs: "
        f"{links}, {_link(VERSIONS_NAME, VERSIONS_NAME)}.</p>{apart}"
        + _table(f"Files of release {index.version}", ("File", "What it is", "Format", "Size"), rows)
        + f"<p>To check a download: <code>sha256sum --check {SUMS_NAME}</code></p>"
    )


def _tell_lacking(index: ReleaseIndex, one: ReleasedSet) -> str:
    """Return the fields that fewer exits have in a set than in the full dataset."""
    lacking = [
        f"{title_of(name)} {found.filled:,} instead of {index.coverage[name].filled:,}"
        for name, found in one.coverage.items()
        if name in index.coverage and found.filled < index.coverage[name].filled
    ]
    return f"In these files, fewer exits have a value: {'; '.join(lacking)}." if lacking else ""


def _download(index: ReleaseIndex, resource: Resource) -> tuple[str, ...]:
    return (
        _link(f"{index.version}/{resource.path}", resource.path),
        _text(WHAT.get(resource.name) or resource.title or resource.name),
        _text(resource.media_type),
        next(_sizes(resource.bytes)),
    )


def _coverage(index: ReleaseIndex) -> str:
    rows = [
        (
            _text(title_of(name)),
            f"{measured.filled:,} of {measured.total:,}",
            f"{measured.share:.1%}",
        )
        for name, measured in index.coverage.items()
    ]
    return (
        '<p class="notice">Where no source says whether an exit is step-free, it is <code>unknown</code>. '
        "Unknown does not mean no; do not show it as yes either.</p>"
        + _table("How many exits have a value of each field", ("Field", "Exits", "Share"), rows)
    )


def _sources(index: ReleaseIndex) -> str:
    groups: dict[str, list[SourceRead]] = {}
    for source in index.sources:
        groups.setdefault(source.source_id, []).append(source)
    rows = [_source(index, documents) for documents in groups.values()]
    heads = ("Source", "Publisher", "Licence", "Date", "Age")
    return _table("Age of each source's oldest document in days, on the day of release", heads, rows)


def _source(index: ReleaseIndex, documents: Sequence[SourceRead]) -> tuple[str, ...]:
    days = sorted(document.day for document in documents)
    first = documents[0]
    title = (
        first.title if len(documents) == 1 else f"{first.source_id}, {counted(len(documents), 'document')}"
    )
    span = str(days[0]) if days[0] == days[-1] else f"{days[0]} to {days[-1]}"
    age = (index.released_at.date() - days[0]).days
    linked = _link(first.url, title) if len(documents) == 1 else _text(title)
    return linked, _text(first.publisher), _text(first.licence), span, f"{age:,}"


def _changes(index: ReleaseIndex, delta: Delta) -> str:
    since = f"Since release {delta.previous}: " if delta.previous else ""
    links = " and ".join(_link(f"{index.version}/{name}", name) for name in (CHANGES_NAME, DELTA_NAME))
    parts = [f"<p>{_text(since + sum_up(delta))} Full list: {links}.</p>"]
    for section in list_changes(delta, MAX_CHANGES):
        lines = (line.partition("\n")[0] for line in section.lines[:MAX_CHANGES])
        parts.append(f"<h3>{_text(section.title)}</h3>{_list(lines)}")
    return "".join(parts)


def _use(index: ReleaseIndex) -> str:
    return (
        "<p>With pandas, from the folder that contains this page:</p>"
        f'<pre tabindex="0" aria-label="Example in Python"><code>{_text(PANDAS, is_code=True)}</code></pre>'
        f"<p>To cite it: {_link(f'{index.version}/CITATION.cff', 'CITATION.cff')}.</p>"
    )


def _licences(index: ReleaseIndex) -> str:
    parts = ["<p>If you redistribute the data, credit its sources with these sentences.</p>"]
    for licence in index.licences:
        parts.append(f"<h3>{_link(licence.url, licence.licence)}</h3>{_fold(licence.attributions)}")
    return "".join(parts)


def _fold(sentences: Sequence[str]) -> str:
    """Return a list of sentences, folded if there are many."""
    if len(sentences) <= MAX_UNFOLDED:
        return _list(sentences)
    return f"<details><summary>{counted(len(sentences), 'sentence')}</summary>{_list(sentences)}</details>"


def _versions(versions: Versions) -> str:
    rows = [_version(versions, entry) for entry in versions.versions]
    heads = ("Release", "Network as of", "Made on", "Stations", "Exits", "Status")
    table = _table("All releases, newest first", heads, rows)
    moves = [f"{it.rolled_back_at:%Y-%m-%d}: from {it.old} to {it.new}" for it in versions.rollbacks]
    return table + (f"<h3>Rolled back</h3>{_list(moves)}" if moves else "")


def _version(versions: Versions, entry: VersionEntry) -> tuple[str, ...]:
    status = "withdrawn" if entry.is_withdrawn else ""
    return (
        _link(f"{entry.path}{INDEX_NAME}", entry.version),
        str(entry.as_of),
        f"{entry.released_at:%Y-%m-%d}",
        f"{entry.stations:,}",
        f"{entry.exits:,}",
        "shown above" if entry.version == versions.latest else status,
    )


def _section(title: str, body: str) -> str:
    return (
        f'<section aria-labelledby="{_id(title)}">\n<h2 id="{_id(title)}">{title}</h2>\n{body}\n</section>\n'
    )


def _list(texts: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{_text(text)}</li>' for text in texts)}</ul>"


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are already markup; it scrolls horizontally on narrow screens."""
    head = "".join(f'<th scope="col">{title}</th>' for title in heads)
    body = "".join(_row(row) for row in rows)
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{_text(caption)}"><table>'
        f"<caption>{_text(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(row: Sequence[str]) -> str:
    first, *others = row
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in others)}</tr>\n'


def _link(address: str, text: str) -> str:
    """Return a link to a file beside the page or to the web; plain text for any other address."""
    scheme, colon, _ = address.partition(":")
    if colon and scheme.lower() not in ("http", "https"):
        return _text(text)
    return f'<a href="{escape(address)}">{_text(text)}</a>'


def _text(text: str, *, is_code: bool = False) -> str:
    return escape(text if is_code else show_message(text))


def _id(title: str) -> str:
    return title.lower().replace(" ", "-")


def _sizes(size: float) -> Iterator[str]:
    for unit in ("B", "kB"):
        if size < 1_000:
            yield f"{size:.0f} {unit}"
        size /= 1_000
    yield f"{size:.1f} MB"
