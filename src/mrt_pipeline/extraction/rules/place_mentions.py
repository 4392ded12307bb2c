"""Find place names in a list of what an exit leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from mrt_pipeline.extraction.access_words import VOCABULARY, is_denying, is_not_now
from mrt_pipeline.extraction.mentions import labels_named
from mrt_pipeline.extraction.page_model import Piece
from mrt_pipeline.extraction.place_names import without_stations
from mrt_pipeline.extraction.qualifiers import HARMLESS, PLACE_KINDS, has_remark_in_capitals
from mrt_pipeline.extraction.rules.page import Bounds, RulePage
from mrt_pipeline.extraction.rules.parts import (
    BRACKETS,
    HOW_FAR,
    SMALL_LETTER_BRAND,
    Item,
    Part,
    is_joined,
    is_part_of_firm,
    joined_names,
    split_parts,
    strip_bounds,
)
from mrt_pipeline.extraction.rules.words import (
    ADDRESS,
    BUS_STOP_WORDS,
    FEATURE_WORDS,
    GENERIC_PLACES,
    KINDS,
    PLACE_SIGNS,
    TOWN_PARTS,
)
from mrt_pipeline.extraction.word_lists import wording

Need = Literal["nothing", "sign"]
"""``sign``: a name must contain the kind of place, as in `Golden Mall`"""
MAX_WORDS = 9
MAX_CHARS = 70

_CONNECTING = re.compile(r"(?:\s|[/&+,]|\band\b|\bor\b|\bthe\b|与|和|及|\bdan\b)*", re.IGNORECASE)
_LEADING_VERB = re.compile(
    r"(?:(?:serves?|serving|leads?|leading|opens?|connects?|connected|linked|links|(?:direct\s)?(?:access|link|connection)|way|exit)\s+)?"
    r"(?:(?:straight|directly|right)\s+|(?:an?\s+)?(?:(?:short|brief|quick|easy|sheltered)\s+)?(?:walk|stroll)\s+)?"
    r"(?:(?:in|on)?to|towards?|for)"
    r"\s+(?:the\s+)?|(?:serves?|serving|near|next to|beside|close to)\s+(?:the\s+)?",
    re.IGNORECASE,
)
_WAY_THERE = re.compile(r"\s*(?:via|through|using|by way of|across|over)\b.*", re.IGNORECASE | re.DOTALL)
_WAY_BEHIND = re.compile(rf"\s+(?:{wording('way_to_place').pattern}|[–—-]\s{HOW_FAR})$", re.IGNORECASE)
_ANSWER = re.compile(r"(?:yes|no|none|nil)\b.*", re.IGNORECASE | re.DOTALL)
_POSSESSIVES = re.compile(r"\w['’]s (?:and|&) \w+['’]s ")
"""`Women's and Children's Hospital` is one place."""
_SUBJECTS = re.compile(
    r"(?:[A-Z][\w'’.-]* )*(?:School|College|Institute|Academy|Museum|Faculty|University) of "
    r"[A-Z]\w+ (?:and|&) [A-Z]\w+"
)
"""`School of Science and Technology` is one place."""
_SMALL_WORD = re.compile(r"(?:&|and|of|the|at|by|de|on|in|for|@|-|–|bin|al|to)", re.IGNORECASE)
_MALAY_ROAD = re.compile(r"(?:jalan|lorong)\s+\D+$", re.IGNORECASE)
"""the start of a Malay road name, or of a place named after the road: `Jalan Besar Community Club`"""
_STATION_CODE = re.compile(r"[A-Z]{2}\d{1,2}\s+")
"""a code before a station's name: `EW1 Pasir Ris`"""
_ROAD = re.compile(r"(?!new\s+\S+$).+\s.+", re.IGNORECASE)
"""a name of several words, and not `New Link`, which may be a link that is new"""
_BETWEEN_ROADS = re.compile(r"[/,;&]|\band\b")
_SIDE_OF_ROAD = re.compile(
    r"(?:, ?| )(?:the )?(?:(?:(?:other|opposite|far|near|left|right|(?:north|south|east|west)(?:ern)?) )?side"
    r"|(?:odd|even) numbers)$"
    r"|^(?:(?:north|south|east|west)(?:ern)?|other|opposite|far) side of ",
    re.IGNORECASE,
)
_PART_OF_STATION = re.compile(
    r"\b(?:(?:upper|lower|ground|street|main|underground|(?:north|south|east|west)(?:ern)?)\s+)?"
    r"(?:(?:ticket|entrance|station)\s+hall|(?:station|main)\s+building|vestibule|concourse|levels?|floor|basement|storey|side|end)(?:\s+[BL]?\d)?\b|\b[BL]\d\b",
    re.IGNORECASE,
)
_COMMON = HARMLESS | PLACE_KINDS | KINDS | TOWN_PARTS
_REMARK = re.compile(r"\w+ly|only|if|when|unless|during|until|except|subject|per|stn|services?")
_LETTERS = re.compile(r"[^\W\d_]+")
_CLOSER = re.compile(r"[)）]")
_NUMBER_BEHIND = re.compile(r"\s[1-9]$")
_AT_BEHIND = re.compile(r"\s(?:at|@)$")
_IN_CHINESE = re.compile(
    r"(?<=[A-Za-z.'’)])[\s/–—-]{1,3}[\u4e00-\u9fff]{1,20}(?<=[院心场厦店园校学寺庙堂坊城馆楼宫会部里])$"
)
"""A name once more, by the kind of place that it ends with: `Golden Hospital – 金文医院`."""
_CHINESE_BEFORE = re.compile(
    r"[\u4e00-\u9fff]{1,20}(?<=(?P<kind>[院心场厦店园校学寺庙堂坊城馆楼宫会部里]))?\s+(?=[A-Z])"
)
"""Chinese before a name: the same name if it ends with a kind of place, as in `金文坊 Golden Mall`."""
_OF_STATION = re.compile(
    r"\b(?:MRT|LRT|Station|Stn|Exits?|Entrances?|Platforms?|Line|Branch)\b", re.IGNORECASE
)
_NAME_GOES_ON = re.compile(rf"\s+(?!{_OF_STATION.pattern})[A-Z]")
_NAME_BEFORE = re.compile(
    r"(?<!\w)(?!(?:At|To|From|Near|Via|By|In|For|The|And|Or|Of|[ML]RT)\s)[A-Z][\w'’.-]*\s$"
)
"""Makes a word for a kind of place, which a station is named after, the end of a name: `Yishun Stadium`."""
_AROUND = re.compile(
    r"(?:near(?:by)?|opposite|opp|across|next to|beside|behind|via|along|off|facing|in front of"
    r"|adjacent|access|leads?|exit|from|between|various|other|several|many|some|opened|opens|built|since"
    r"|located|operating|serving|landmarks|attractions|amenities|destinations)\b",
    re.IGNORECASE,
)


def find_names(page: RulePage, item: Item, *, need: Need = "nothing") -> Iterator[tuple[Bounds, Part]]:
    """Yield the bounds of each place name in an item, with the part that contains it.

    A part that is not clearly a name yields nothing: a missed place does no harm, an invented one does.

    Args:
        page: the page.
        item: the item.
        need: what a name must contain, unless it is a link; for items not announced as places.
    """
    for part in split_parts(page.text, item):
        words = page.text[part.start : part.end]
        if is_not_now(words) or is_denying(words):
            continue
        for start, end in _names_of(page, part):
            name, is_linked = page.text[start:end], (start, end) in part.links
            if need != "nothing" and not (is_linked or is_sure_place(name) or _is_of_own_town(page, name)):
                continue
            if is_part_of_firm(page.text, start, end):
                continue
            if _is_place(page, name, is_linked=is_linked):
                yield (start, end), part


def is_sure_place(name: str) -> bool:
    """Return whether words are certainly a place name, as they contain the kind of place: `Golden Mall`."""
    kind = _NUMBER_BEHIND.sub("", name)  # `Car Park 2` is no more than a car park
    return PLACE_SIGNS.fullmatch(name) is not None and GENERIC_PLACES.fullmatch(kind) is None


def _is_of_own_town(page: RulePage, name: str) -> bool:
    """Return whether a place's name ends with that of the page's station: `Hotel Yishun`, `Grid@Yishun`."""
    last = next(reversed(list(page.names.stations_in(name))), None)
    if last is None or last.slug != page.slug or last.end != len(name):
        return False
    lead = name[: last.start].rstrip()
    return is_sure_place(_AT_BEHIND.sub("", lead)) or (lead.endswith("@") and _is_own_name(lead))


def _is_own_name(words: str) -> bool:
    return any(word.casefold() not in _COMMON for word in _LETTERS.findall(words))


def _names_of(page: RulePage, part: Part) -> list[Bounds]:
    """Return the bounds of a part's names: its links if it contains nothing else, or the whole.

    A part that joins names is split if each is certain: `X Mall & Y Centre`; if not, it yields none.
    """
    links = [link for link in part.links if link[1] <= part.name_end]
    if links and _is_all_links(page.text, part, links):
        return links
    start, end = strip_bounds(page.text, part.start, part.name_end, " .-–—:*\"“”'")
    if verb := _LEADING_VERB.match(page.text, start, end):
        start = verb.end()
    start, end = _without_chinese(page.text, start, end)
    behind = _CLOSER.split(page.text[part.name_end : part.end])[-1].strip()
    is_cut_by_bracket = bool(behind) and part.name_end < part.end
    if start >= end or is_cut_by_bracket:
        return []
    way = _WAY_BEHIND.search(page.text[start:end])
    if way and is_sure_place(page.text[start : start + way.start()]):
        end = start + way.start()
    name = page.text[start:end]
    if not is_joined(name):
        return [(start, end)]
    names = list(joined_names(page.text, start, end))
    words = [page.text[slice(*bounds)] for bounds in names]
    generic = list(map(is_generic, words))
    if len(names) < 2 or all(generic):
        return []
    if any(map(GENERIC_PLACES.fullmatch, words)):
        return []
    whole = [names[0]]
    for bounds, is_kind in zip(names[1:], generic[1:], strict=True):
        both = page.text[whole[-1][0] : bounds[1]]
        is_shared = bool(_POSSESSIVES.search(both) or _SUBJECTS.fullmatch(both))
        if is_kind or is_shared:  # a single place: `Mei Ling Market & Food Centre`
            whole[-1] = whole[-1][0], bounds[1]
        else:
            whole.append(bounds)
    words = [page.text[slice(*bounds)] for bounds in whole]
    return whole if len(whole) == 1 or all(" " in name and is_sure_place(name) for name in words) else []


def _without_chinese(text: str, start: int, end: int) -> Bounds:
    """Return the bounds of a name without the same name in Chinese; empty if the Chinese may be a remark."""
    if before := _CHINESE_BEFORE.match(text, start, end):
        start = before.end() if before["kind"] else end
    again = _IN_CHINESE.search(text[start:end])
    return start, start + again.start() if again else end


def is_generic(name: str) -> bool:
    """Return whether words only name a kind of place: `Food Centre`."""
    return all(PLACE_SIGNS.fullmatch(f" {word}") or word.casefold() in KINDS for word in name.split())


def is_kind_alone(words: str) -> bool:
    """Return whether words only say of what kind places are, and name not even one of them: `Shopping`."""
    return all(word.casefold() in KINDS for word in words.split())


def without_place_names(page: RulePage, words: str) -> str:
    """Blank out station names that are part of a longer place name: `Yishun Pond`."""
    kept = words
    for found in page.names.stations_in(words):
        ends_name = is_generic(words[found.start : found.end]) and _NAME_BEFORE.search(words[: found.start])
        if ends_name or _NAME_GOES_ON.match(words, found.end):
            kept = kept[: found.start] + " " * (found.end - found.start) + kept[found.end :]
    return kept


def without_linked_stations(page: RulePage, piece: Piece) -> str:
    """Return a piece without the station names in links to other places: `Design Orchard`."""
    words = page.words(piece)
    for start, end in piece.links:
        name = page.text[start:end]
        rest = without_stations(name, page.names.slugs)
        is_way = _OF_STATION.search(name) or _SMALL_WORD.fullmatch(rest.strip().rpartition(" ")[2])
        if not is_way and is_written_as_name(name) and _is_own_name(rest):
            words = words[: start - piece.start] + rest + words[end - piece.start :]
    return words


def _is_all_links(text: str, part: Part, links: list[Bounds]) -> bool:
    """Return whether a part consists only of links, joining words, a leading verb and the way there."""
    verb = _LEADING_VERB.match(text, part.start, links[0][0])
    position = verb.end() if verb else part.start
    for start, end in links:
        if not _CONNECTING.fullmatch(text, position, start):
            return False
        position = end
    rest = text[position : part.name_end].rstrip(".")
    return _CONNECTING.fullmatch(rest) is not None or _WAY_THERE.fullmatch(rest) is not None


def _is_place(page: RulePage, name: str, *, is_linked: bool) -> bool:
    """Return whether words name a place, rather than a road, exit, bus stop, station or common facility."""
    if not 2 <= len(name) <= MAX_CHARS or len(name.split()) > MAX_WORDS or re.search(r"\d{5}", name):
        return False
    if (
        (ADDRESS.fullmatch(name) and not (_MALAY_ROAD.match(name) and is_sure_place(name)))
        or GENERIC_PLACES.fullmatch(name)
        or BUS_STOP_WORDS.search(name)
        or labels_named(name)
    ):
        return False
    is_remark = not is_linked and (
        has_remark_in_capitals(name)
        or _ANSWER.fullmatch(name) is not None
        or page.vocabulary.meaning_of_key(name) is not None
        or is_kind_alone(name)
    )
    if is_remark or _is_access(name) or _AROUND.match(name):
        return False
    name = _STATION_CODE.sub("", name)
    station = next(page.names.stations_in(name), None)
    if station is not None and (station.start, station.end) == (0, len(name)):
        return False
    if station is not None and station.start == 0 and name[station.end :].strip().casefold() in TOWN_PARTS:
        return is_linked
    return is_linked or is_written_as_name(name)


def is_name(name: str) -> bool:
    """Return whether words are a place name by themselves.

    They must contain the kind of place, or be capitalised and have a word that is not a common one.
    """
    if is_sure_place(name):
        return True
    is_remark = any(_REMARK.fullmatch(word.casefold()) for word in _LETTERS.findall(name))
    return not is_remark and is_written_as_name(name) and _is_own_name(name)


def _is_access(name: str) -> bool:
    return any(pattern.fullmatch(name) for pattern in VOCABULARY.values()) or any(
        pattern.search(name) for pattern in FEATURE_WORDS.values()
    )


def is_written_as_name(name: str) -> bool:
    """Return whether all words are capitalised except small ones within, such as `of`, as names are."""
    words = name.split()
    if not _begins_name(words[0]) or _SMALL_WORD.fullmatch(words[-1]):
        return False
    return all(_begins_name(word) or _SMALL_WORD.fullmatch(word) for word in words)


def without_roads(words: str) -> str:
    """Return words without brackets that contain only roads: `(Buffalo Road / Race Course Road)`."""
    return BRACKETS.sub(lambda found: " " if are_roads(found.group()[1:-1]) else found.group(), words)


def are_roads(words: str) -> bool:
    """Return whether words consist only of names of roads."""
    names = [name.strip() for name in _BETWEEN_ROADS.split(words)]
    are = [_ROAD.fullmatch(name) and ADDRESS.fullmatch(name) and is_written_as_name(name) for name in names]
    return all(are) and not is_not_now(words)


def are_at_roads(words: str) -> bool:
    """Return whether words consist only of roads, or of sides of them: `Zion Road, odd numbers`."""
    return are_roads(_SIDE_OF_ROAD.sub("", words))


def without_location(page: RulePage, words: str) -> str:
    """Return a head without words that only say where in the station: its names, codes, lines and roads."""
    return page.names.without_stations(without_roads(words), page.slug)


def is_location(page: RulePage, words: str) -> bool:
    """Return whether a head says only where in the station something is: `NSL concourse (B1)`."""
    beside = _PART_OF_STATION.sub(" ", without_location(page, words)).strip(" :：·/,;()（）–—-")
    return not beside and not page.names_other_station(words)


def _begins_name(word: str) -> bool:
    first = next((char for char in word if char.isalnum()), "")
    is_brand = SMALL_LETTER_BRAND.match(word) is not None
    return bool(first) and (is_brand or first.isupper() or first.isdigit() or first.lower() == first.upper())
