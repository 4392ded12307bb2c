"""Read one table cell or list item, given its exits and the meaning of its column or key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, zip_longest

from mrt_pipeline.contracts.network import StepFree
from mrt_pipeline.extraction.access_words import (
    MEANING,
    has_steps,
    is_by_building,
    is_denying,
    is_not_now,
)
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.mentions import labels_named
from mrt_pipeline.extraction.page_model import Piece
from mrt_pipeline.extraction.qualifiers import doubtful_stretches, is_bare_date, is_bare_remark, is_understood
from mrt_pipeline.extraction.rules.access_cells import (
    answer_of,
    around_doubted_lift,
    begins_with_yes,
    denies_alone,
    is_answered_yes,
    is_bare_no,
    needs_doubted_lift,
    read_access,
    read_answer,
    without_steps,
)
from mrt_pipeline.extraction.rules.labels import labels_alone, labels_meant, read_labels
from mrt_pipeline.extraction.rules.owners import POINTS_FIRST, TO_ANOTHER, owned_parts
from mrt_pipeline.extraction.rules.page import Bounds, Labels, RulePage, Said, claim
from mrt_pipeline.extraction.rules.parts import (
    BRACKETS,
    LINE_BREAK,
    SMALL_LETTER_BRAND,
    Item,
    part_of,
    split_bounds,
    split_items,
    split_parts,
    stretches,
)
from mrt_pipeline.extraction.rules.place_mentions import Need, are_roads, find_names
from mrt_pipeline.extraction.rules.words import (
    BUS_STOP_WORDS,
    FEATURES,
    Meaning,
)

BUS_STOP_CODE = re.compile(
    r"(?<![\w#])\d{5}(?![\w-]|\.\w)|(?<=[\u4e00-\u9fff])\d{5}(?!\d)|(?<!\d)\d{5}(?=[\u4e00-\u9fff])"
)
_STOP_LED = re.compile(
    rf"(?:(?:bus )?stops?\s+)?(?:(?:{BUS_STOP_CODE.pattern})[\s,;]*)+(?:$|(?<![,;])[^\d\s,;])", re.IGNORECASE
)
"""stop codes in a column of bus services, where a number counts only if alone or followed by a description"""
STOP_NAMED = re.compile(
    rf"(?:{BUS_STOP_CODE.pattern})\s+(?:[–—-]\s+)?(?:[(（A-Z]|{SMALL_LETTER_BRAND.pattern})"
)
"""a stop code with its name: `22499 Opp Blk 662C`, `22499 – Opp Blk 662C`"""
_STOP_AFTER_NAME = re.compile(
    r"(?=[^;,()]{0,60}\b(?:Opp|Aft|Bef|Stn|Int|Ter|Blk)\b)[A-Z][^;,()]{0,60}\s[(（]?\d{5}[)）]?(?!\w)"
)
"""a stop's name, with one of LTA's short words, before its code: `Clementi Int 17009`"""
_STOP_SAID = re.compile(r"\b(?:bus|buses|stops?)\s+\d{5}(?!\d)", re.IGNORECASE)
_STOP_WITH_SERVICES = re.compile(r"\d{5}\s*[:：]\s*\d{1,3}[A-Z]?(?:[\s,/]+\d{1,3}[A-Z]?)*")
_CODES = re.compile(r"\s*\d{5}(?:(?:,\s*|\s*[/&;]\s*|\s+and\s+)\d{5})*\s*")
_STOP_NAME = re.compile(
    r"\b(?:St(?:n|ation)|Int(?:erchange)?) Exits? [A-Z0-9]{1,2}(?:/[A-Z0-9]{1,2})*", re.IGNORECASE
)
"""the name of a bus stop; a stop called `Stn Exit A/D` may be nearest to another exit"""
_OF_A_THING = re.compile(
    r"(?:(?:(?:does|do|has|have)\s(?:this|the)\s(?:exit|entrance|station)(?:\shave)?|(?:is|are)\sthere|any)\s(?:an?\s|any\s)?)?"
    r"(?:(?:former|previous|old|planned|proposed|future)\s+)?(?:bus stops?|lifts?|elevators?"
    r"|escalators?|ramps?|stairs|staircases?|(?:accessible )?toilets?)\b"
    r"(?!.*\b(?:exit|entrance|station|all|both)s?\b)",
    re.IGNORECASE,
)
"""a remark on a thing, not on the exit: `Lift (under construction)` retracts only the lift"""
_EXIT_ALONE = re.compile(r"\A[\s(\[（]*exit\s+[A-Z0-9]{1,2}[\s)\]）.]*\Z", re.IGNORECASE)
"""a line or bracket that names another exit and nothing else"""
_RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)
_MAY_NAME_STOPS = frozenset({Meaning.BUS_STOP, Meaning.BUS, Meaning.LANDMARK, None})
_IGNORED = frozenset({Meaning.OTHER, Meaning.TIME, Meaning.STATUS, Meaning.STATION, Meaning.EXIT})


def read_cell(
    page: RulePage,
    piece: Piece,
    meaning: Meaning | None,
    labels: Labels,
    row: Bounds | None,
    *,
    need: Need = "nothing",
) -> Iterator[Candidate]:
    """Yield the statements of a piece about its exits, and about exits that items in it begin with.

    Args:
        page: the page.
        piece: a cell, or the part of a list item after the exit's label.
        meaning: the meaning of the column or key; None if unknown.
        labels: the exits that the piece is about.
        row: bounds of the row or line around it, if there is one.
        need: how certain a place name must be if ``meaning`` does not announce places.
    """
    for owners, part in owned_parts(page, piece, labels):
        if owners and not (len(owners) > 1 and _RESPECTIVELY.search(page.words(part))):
            yield from _read_part_of(page, part, meaning, owners, row, need=need)


def _read_part_of(
    page: RulePage, piece: Piece, meaning: Meaning | None, labels: Labels, row: Bounds | None, *, need: Need
) -> Iterator[Candidate]:
    """Yield the statements of a part that belongs to some exits, except where a remark is not understood."""
    is_about_access = meaning in FEATURES or meaning is Meaning.ACCESS
    around = around_doubted_lift(page.text, piece.start, piece.end)
    if is_not_now(BRACKETS.sub(" ", page.words(piece))):  # else it takes back all that it stands with
        parts = [part_of(piece, *bounds) for bounds in around]
    else:
        parts = [piece]
    doubtful = [
        stretch
        for start, end in around
        for stretch in doubtful_stretches(page.text, start, end, is_about_access=is_about_access)
    ]
    is_answered = any(map(begins_with_yes, page.words(piece).replace("：", ":").split(":")))
    # `Yes<br>via Northpoint`
    is_by_way = (is_about_access or is_answered) and is_by_building(page.words(piece))
    is_access_doubtful = (is_by_way and is_answered) or needs_doubted_lift(page.words(piece))
    items = (it for part in parts for it in _read_items(page, part, meaning, labels, row, need=need))
    in_brackets = (
        found
        for stops in _stops_in_brackets(page, piece)
        for found in _read_items(page, stops, Meaning.BUS_STOP, labels, row, need=need)
    )
    for found in chain(items, in_brackets):
        is_step_free = MEANING.get(found.value) is StepFree.YES
        if (is_access_doubtful and found.field == "access") or (is_by_way and is_step_free):
            continue
        left, right = found.cell or (piece.start, piece.end)
        if not any(left < end and start < right for start, end in doubtful):
            yield found


def _stops_in_brackets(page: RulePage, piece: Piece) -> Iterator[Piece]:
    """Yield the codes of stops that stand in brackets behind a key: `Golden Mall (bus: 59049, 59041)`."""
    if is_not_now(page.words(piece)):
        return
    for bracket in BRACKETS.finditer(page.text, piece.start, piece.end):
        key, colon, codes = bracket.group()[1:-1].partition(":")
        is_key = page.vocabulary.meaning_of_key(key) in (Meaning.BUS_STOP, Meaning.BUS)
        if colon and is_key and _CODES.fullmatch(codes):
            yield part_of(piece, bracket.end() - 1 - len(codes), bracket.end() - 1)


def without_stop_names(words: str) -> str:
    """Remove bus stop names that contain an exit, such as `Stn Exit A`: the stop may serve other exits."""
    return _STOP_NAME.sub(" ", words)


def is_remark_on_exit(words: str) -> bool:
    """Return whether a list item is only a remark on its exit, such as `closed`."""
    return is_bare_remark(words) and not _OF_A_THING.match(words)


def is_bad_status(words: str) -> bool:
    """Return whether a status may mean that the thing does not exist or is not in use now."""
    return is_denying(words) or not is_understood(words, may_name=True)


def read_answered(
    page: RulePage, words: str, head: Piece, meaning: Meaning | None, labels: Labels
) -> Iterator[Candidate]:
    """Yield the place or bus stop in a column's head for the exits whose cell below it answers yes."""
    if answer_of(words, may_count=False):
        yield from read_cell(page, head, meaning, labels, None)


def read_exits_of(
    page: RulePage, piece: Piece, meaning: Meaning | None, row: Bounds | None, topic: Meaning | None = None
) -> Iterator[Candidate]:
    """Yield the feature of a key for each exit listed after it: `Lifts: A and C`.

    A piece that contains anything else that is not understood yields nothing, and neither do bare labels
    where the topic is platforms.
    """
    if meaning is None or meaning not in FEATURES:
        return
    listed: list[tuple[Item, Labels]] = []
    for item in split_items(page.text, piece):
        words = page.text[item.start : item.end]
        found = read_labels(page, words)
        is_known = is_not_now(words) or is_understood(words)  # `Exit A; platform to concourse`
        if item.lead is not None or (found is None and not is_known):  # `A; planned: B`
            return
        is_exit = found is not None and (found.has_word or topic is not Meaning.PLATFORM)
        if found is not None and is_exit and not words[found.rest_start :].strip(" ."):
            listed.append((item, found.labels))
    for item, labels in listed:
        for label in labels:
            yield claim(page, "access", label, FEATURES[meaning][0], Said((item.start, item.end), row))


def read_stop_head(page: RulePage, head: Piece, labels: Labels) -> Iterator[Candidate]:
    """Yield the bus stop that a heading names, for ``labels`` or else the exits named in the heading."""
    words = page.words(head)
    if len(BUS_STOP_CODE.findall(words)) == 1 and not is_not_now(words):
        yield from read_cell(page, head, Meaning.BUS_STOP, labels or sorted(labels_named(words)), None)


def _read_items(
    page: RulePage,
    piece: Piece,
    meaning: Meaning | None,
    labels: Labels,
    row: Bounds | None,
    *,
    need: Need,
) -> Iterator[Candidate]:
    """Yield the statements of a part, item by item; after a lone denial, items without a key are skipped."""
    is_denied = False
    for item, known, is_behind_answer in _items_with_meaning(page, piece, meaning, labels):
        words = page.text[item.start : item.end]
        if known is Meaning.STATUS and is_bad_status(words):
            page.withdrawn.update(labels)
        if item.lead is None and is_denied:
            continue  # `No<br>Lift`: unclear what the no is about
        is_denied = is_bare_date(words) or (
            known in (Meaning.ACCESS, None)
            and (denies_alone(words) or any(map(is_bare_no, words.split(". "))))
        )
        if is_bare_date(words) or item.is_taken_back or known in _IGNORED:
            continue
        for start, end in around_doubted_lift(page.text, item.start, item.end):
            part = item if end - start == item.end - item.start else replace(item, start=start, end=end)
            for found in _read_part(page, part, known, labels, row, need=need):
                if not (is_behind_answer and found.field == "access"):  # `Lift: yes; Escalator; no`
                    yield found


def _items_with_meaning(
    page: RulePage, piece: Piece, meaning: Meaning | None, labels: Labels
) -> Iterator[tuple[Item, Meaning | None, bool]]:
    """Yield the items of a piece with the meaning of their key, or of the last key before them.

    Items whose key is unknown are skipped and noted. The third value is True for an item after one that
    answered its key with yes: that item no longer belongs to the key.
    """
    known, is_answered = meaning, False
    for item in _items_of(page, piece, labels):
        if item.lead is None or are_roads(item.lead):  # `Pagoda Street: Golden Mall`
            item = replace(item, lead=None)
            known = meaning if is_answered else known
            yield item, known, is_answered
            continue
        is_answered = False
        if BUS_STOP_CODE.search(item.lead) and known in _MAY_NAME_STOPS:  # `54261 Opp Stn: 22, 24`
            start = page.text.rfind(item.lead, piece.start, item.start)
            yield replace(item, start=start, lead=None), Meaning.BUS_STOP, False
        elif found := page.vocabulary.meaning_of(item.lead):
            known = found
            is_answered = is_answered_yes(page.text[item.start : item.end], known)
            yield item, known, False
        else:  # an unknown key may change the meaning of what follows
            page.note_unknown(item.lead, labels, item.start, item.end)


def _items_of(page: RulePage, piece: Piece, labels: Labels) -> Iterator[Item]:
    """Yield the items of a piece, except in lines that point to another exit: `use Exit B`.

    A line that begins with such a pointer concerns the line before it, which is left unread too.
    """
    lines = list(split_bounds(LINE_BREAK, page.text, piece.start, piece.end))
    of_others = []
    for before, bounds in zip([None, *lines], lines, strict=False):
        words = page.text[slice(*bounds)]
        if is_sent_elsewhere(words, labels):
            of_others.append(bounds)
            if before is not None and (_EXIT_ALONE.match(words) or POINTS_FIRST.match(words)):
                of_others.append(before)
    items = list(split_items(page.text, piece))
    is_behind_key = False  # the answer to two keys may be about either
    for item, following in zip_longest(items, items[1:]):
        is_of_other = is_behind_key or any(start <= item.start < end for start, end in of_others)
        is_behind_key = following is not None and _is_joined_key(page, item, following)
        is_key = is_behind_key or (following is not None and _is_key_of(page, item, following))
        if not is_of_other and not is_key:
            yield item


def _is_joined_key(page: RulePage, item: Item, following: Item) -> bool:
    """Return whether an item is one of two keys of what follows them: `Lift / ramp: no`."""
    if item.lead is not None or following.lead is None or not page.text[item.end :].lstrip().startswith("/"):
        return False
    own, other = (
        page.vocabulary.meaning_of_key(words) for words in (page.text[item.start : item.end], following.lead)
    )
    return own is not None and other is not None and own is not other


def _is_key_of(page: RulePage, item: Item, following: Item) -> bool:
    """Return whether an item repeats the key of the next one in another language: `Lif / lift: no`."""
    if item.lead is not None or following.lead is None:
        return False
    meaning = page.vocabulary.meaning_of_key(page.text[item.start : item.end])
    return meaning is not None and meaning is page.vocabulary.meaning_of(following.lead)


def _read_part(
    page: RulePage,
    item: Item,
    meaning: Meaning | None,
    labels: Labels,
    row: Bounds | None,
    *,
    need: Need,
) -> Iterator[Candidate]:
    """Yield the statements of one item, including the places that it names."""
    said = Said((item.start, item.end), row)
    found = _read_item(page, item, meaning, labels, said)
    yield from without_steps(found) if has_steps(page.text[item.start : item.end]) else found
    if meaning in (Meaning.LANDMARK, None):
        yield from _read_names(page, item, labels, said, need=need if meaning is None else "nothing")


def _read_item(
    page: RulePage, item: Item, meaning: Meaning | None, labels: Labels, said: Said
) -> Iterator[Candidate]:
    """Yield the statements of one item about access and bus stops."""
    words = page.text[item.start : item.end]
    if meaning in FEATURES:
        yield from read_answer(page, words, meaning, labels, said)
    elif meaning is Meaning.ACCESS:
        yield from read_access(page, item, labels, said)
    elif meaning in _MAY_NAME_STOPS and (meaning is not Meaning.BUS or _STOP_LED.match(words)):
        is_about_stops = (
            meaning in (Meaning.BUS, Meaning.BUS_STOP)
            or _STOP_WITH_SERVICES.fullmatch(words) is not None
            or (
                meaning is None
                and any((STOP_NAMED.match(words), _STOP_AFTER_NAME.match(words), _STOP_SAID.search(words)))
            )
            or any(BUS_STOP_WORDS.search(part) for part in (words, item.lead or ""))
        )
        yield from _read_stops(page, item, labels, said, is_about_stops=is_about_stops)
        if meaning is None:
            yield from read_access(page, item, labels, said)


def _read_stops(
    page: RulePage, item: Item, labels: Labels, said: Said, *, is_about_stops: bool = True
) -> Iterator[Candidate]:
    """Yield the bus stops whose codes an item contains.

    Unless ``is_about_stops``, a code counts only if it is alone between commas.
    """
    if is_denying(BRACKETS.sub(" ", page.text[item.start : item.end])):
        return
    is_alone = len(BUS_STOP_CODE.findall(page.text[item.start : item.end])) == 1
    for part in split_parts(page.text, item):
        if not is_about_stops and not BUS_STOP_CODE.fullmatch(page.text, part.start, part.end):
            continue
        words = page.text[part.start : part.end]
        bare = labels_alone(page, words, labels)
        named = labels_named(words) | bare
        is_of_all = not (labels_named(without_stop_names(words)) | bare)
        meant = [label for label in labels if label in named and not (is_of_all and is_alone)]
        if not meant and is_of_all:
            meant = list(labels)
        for start, end in stretches(page.text, part.start, part.end, BUS_STOP_CODE):
            for match in BUS_STOP_CODE.finditer(page.text, start, end):
                for label in meant:
                    yield claim(page, "bus_stop", label, match.group(), said.within(start, end))


def _read_names(page: RulePage, item: Item, labels: Labels, said: Said, *, need: Need) -> Iterator[Candidate]:
    for (start, end), part in find_names(page, item, need=need):
        for label in labels_meant(page, part.start, part.end, labels):
            yield claim(page, "landmark", label, page.text[start:end], said.within(part.start, part.end))


def is_sent_elsewhere(words: str, labels: Labels) -> bool:
    """Return whether words point to an exit that is not in ``labels``: `59049 – use Exit B`, `(Exit B)`."""
    pointers = [*TO_ANOTHER.finditer(words), *_EXIT_ALONE.finditer(words)]
    return any(not labels_named(match.group()) <= set(labels) for match in pointers)
