"""Read platforms: their sign, and the stations that their trains go towards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from mrt_pipeline.extraction.access_words import is_denying, is_not_now
from mrt_pipeline.extraction.candidates import Candidate
from mrt_pipeline.extraction.mentions import PLATFORM, Mention, mentions_in, owner_at, sentence_at
from mrt_pipeline.extraction.rules.headers import is_noted
from mrt_pipeline.extraction.rules.page import Bounds, RulePage, Said, claim
from mrt_pipeline.extraction.rules.parts import split_bounds
from mrt_pipeline.extraction.rules.words import PLATFORM_WORDS, TOWARDS_WORDS, VIA_WORDS, Meaning
from mrt_pipeline.extraction.word_lists import wording

_WORDS = "|".join(map(re.escape, PLATFORM_WORDS))
_LINE = r"(?:[A-Z]{2}L|[A-Z]{2}LRT|(?:[A-Z]\w*[\s–-]+){1,4}(?i:line))(?:\s+(?:[–—:-]\s+)?|[:：]\s*)"
"""a line before its platform: `NEL Platform A`, `Circle Line – Platform B`, `CCL: A`"""
_ARROW = r"(?:[←→⟵⟶⇐⇒⬅➡◄►]\ufe0f?\s*)?"
_SIGN = re.compile(
    rf"\s*{_ARROW}(?:{_LINE}(?!\d))?(?:(?i:{_WORDS})(?![Ss](?!\w))\s*[:：#.]?\s*)?(?P<sign>[A-Z]|[0-9]{{1,2}})(?:\s*(?:{_WORDS}))?\s*(?:[(（:：–—-].*)?",
    re.DOTALL,
)
_LEAD = re.compile(
    rf"\s*{_ARROW}(?:{_LINE})?(?i:{_WORDS})(?![Ss](?!\w))\s*[:：#.]?\s*(?P<sign>[A-Z]|[0-9]{{1,2}})(?![\w/&,-])"
)
TOWARDS = re.compile(
    "|".join(rf"\b{word}\b" if word.isascii() else re.escape(word) for word in (*TOWARDS_WORDS, "is for")),
    re.IGNORECASE,
)
TO = re.compile(
    rf"{TOWARDS.pattern}"
    r"|(?-i:(?<!ext )(?<!lose )(?<!losest )\b(?:[Tt]o|[Ff]or|[Kk]e)(?=\s+(?:[A-Z]|one-north\b)))",
    re.IGNORECASE,
)
"""words before a destination, with a plain `to`, which is enough in an entry or row about a platform"""
NEXT_STATION = re.compile(
    r"\bnext(?: (?:station|stop)\b(?:\s+is\b)?\s*[:：–—-]?|\s*[:：]|(?=\s+(?-i:(?!To\b)[A-Z])))\s*",
    re.IGNORECASE,
)
"""gives the direction if nothing else does"""
_OF_TRAINS = re.compile(
    rf"{TOWARDS.pattern}|\btrains?\s+(?:\w+\s+)?(?:to|for)(?=\s+(?-i:[A-Z]))|\bplatform\s+\w\s+for(?=\s+(?-i:[A-Z]))"
    r"|(?:\buse|\btake|\band)\s+platform\s+\w\s+(?:for|to\s+(?:go|get|travel)\s+to)(?=\s+(?-i:[A-Z]))"
    r"|\b(?:trains|those)\s+(?:at|on|from)\s+platform\s+\w\s+(?:are\s+|(?:go|head|run)\s+(?:on\s+)?)?(?:to|for)"
    r"(?=\s+(?-i:[A-Z]))"
    r"|\bplatform\s+\w\s+\((?:to|for)(?=\s+(?-i:[A-Z]))",
    re.IGNORECASE,
)
"""In a sentence a plain `to` must be said of trains."""
_TRAINS = re.compile(r"\btrains?\b", re.IGNORECASE)
_ASIDE = re.compile(r"\s*\(([^()]*)\)\s*[:：=–—-]")
"""`Platform A (northbound): Jurong East`."""
_CALL_AT = re.compile(
    r"\s+(?:\([^()]*\)\s+)?(?:(?:all|both|also)\s+)?(?:use|(?:call|stop|board|are|arrive)\s+(?:at|on)"
    r"|(?:depart|leave|run|start|go)\s+from|at|on|from)\s+(?:the\s+)?",
    re.IGNORECASE,
)
_HANDLES = re.compile(
    r"\s+(?:is\s+)?(?:handles|has|serves|sees|takes|hosts|(?:used\s+)?(?:for|by))\s+(?:the\s+|all\s+)?"
    r"(?:\w+bound\s+)?",
    re.IGNORECASE,
)
_OTHER_TRAINS = wording("other_trains")
_OTHER_PLATFORM = wording("other_platform")
_BOUND_BEHIND = wording("bound_behind")
_SIGNED = re.compile(
    rf"\s*(?:and\s+)?(?:{_LINE})?(?:(?i:{_WORDS})\.?\s*)?[(\[]?(?P<sign>[A-Z]|[0-9]{{1,2}})[)\]]?(?![\w/&])\s*[:：=–—-]?"
)
_BETWEEN_SIGNS = re.compile(
    r"\s*[;；·•¦]\s*|(?<=\([A-Z]\))\s*/\s*|\s*/\s*(?=[A-Z]\s?[:：])|(?:\s*[,，]\s*|\s+and\s+)(?=(?:[Pp]lat(?:form|\.)\s+)?[A-Z0-9]\b(?!\w))"
)
_SIGN_BEHIND = re.compile(
    r"(?P<goal>[^():：]*[^():：\s])\s*[(:：–—-]\s*(?:[Pp]latform\s)?(?P<sign>[A-Z]|(?<=latform\s)[0-9]{1,2})\)?\s*"
)
"""a destination followed by its platform: `Jurong East (Platform A)`, `Towards Jurong East: A`"""
_WAY_NAMED = re.compile(
    r"\s*(?:(?:north|south|east|west)bound|(?:anti|counter)?-?clockwise)(?:\s(?:trains?|services?))?\s*",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\s*(?:\d|(?i:one|two|three|four|an?|island|side|stacked))\b[^:：;,]{0,40}[:：]\s*(?=[A-Z]\b)"
)
"""how many platforms there are, before what each is for: `2 (island): A towards Jurong East`"""
BETWEEN_PLATFORMS = re.compile(rf"[.;¦·•|/]\s*(?=(?:{_LINE})?(?i:{_WORDS})\s)")
"""separates entries that each begin with their own platform"""
_OTHER_SIGN = re.compile(r"(?<![\w’'-])[A-Z](?![\w’'.-])")

_CODE = re.compile(r"\b(?:[A-Z]{2,3}\d{1,2}|[A-Z]TC|CG)\b")
"""a station code; that of a line's first station may have only letters: `STC`, `CG`"""
_BESIDE_GOAL = re.compile(
    rf"{_CODE.pattern}|[()（）\[\]\s:·•|–—-]|\b(?:MRT|LRT|Station|terminus|end|(?:north|south|east|west)bound)\b",
    re.IGNORECASE,
)
"""what may accompany a destination that is alone in its cell"""
_LINE_BEHIND = re.compile(r"\s+(?:Line|LRT Line)\b", re.IGNORECASE)
_ROUTE = re.compile(
    r"[，,]?\s+(?:via|through|(?:calling|stopping)(?: (?:next|first))? at|melalui)\b|[，,]?\s*(?:途经|经)",
    re.IGNORECASE,
)
"""Behind it are stations on the way."""
_END = re.compile(r"[;；.。]|\s\|\s|\n")


def sign_in(words: str) -> str | None:
    """Return the sign of the platform that a cell names; None if there are several or none."""
    match = _SIGN.fullmatch(words)
    is_several = match is not None and _OTHER_SIGN.search(words, match.end("sign"))
    return match.group("sign") if match and not is_several and not is_not_now(words) else None


def sign_of_key(page: RulePage, words: str) -> str | None:
    """Return the sign of the one platform that a cell names, or a key: `Platform A towards`."""
    led = led_sign(words, 0, len(words))
    return led[0] if led and is_towards(page, words[led[1] :]) else sign_in(words)


def led_sign(text: str, start: int, end: int) -> tuple[str, int] | None:
    """Return the sign that a text begins with after the word `platform`, and the position of its end.

    The platform's line may precede the word: `NEL Platform A`.
    """
    match = _LEAD.match(text, start, end)
    return (match.group("sign"), match.end()) if match else None


def goals_in(page: RulePage, start: int, end: int, words_before: re.Pattern[str] | None) -> list[str]:
    """Return the stations that trains go towards, as written: names, or else codes.

    Args:
        page: the page.
        start: where the words begin.
        end: where they end.
        words_before: pattern that must precede the stations, such as ``TOWARDS``; None if nothing must.
    """
    if words_before is not None:
        word = words_before.search(page.text, start, end) or NEXT_STATION.search(page.text, start, end)
        if word is None:
            return []
        start = word.end()
        if stop := _END.search(page.text, start, end):
            end = stop.start()
    words = page.text[start:end]
    if is_not_now(words) or is_denying(words) or is_noted(words) or _OTHER_PLATFORM.search(words):
        return []
    before, *brackets = re.split(r"[(（]", words)
    is_way = not before.isascii() or _WAY_NAMED.fullmatch(before) is not None
    is_named = is_way and bool(brackets) and next(page.names.stations_in(before), None) is None
    words = brackets[0] if is_named else before  # `往巴西立 (Pasir Ris)`, `Northbound (Jurong East)`
    words = _behind_next(page, words)
    if via := VIA_WORDS.search(words):
        words = words[: via.start()]
    named = [
        found
        for found in page.names.stations_in(words)
        if found.slug != page.slug and not _LINE_BEHIND.match(words, found.end)  # `Downtown Line`
    ]
    by_slug = {found.slug: words[found.start : found.end] for found in named}
    return list(by_slug.values()) or _CODE.findall(words)


def names_other_platform(words: str, sign: str) -> bool:
    """Return whether words behind a platform send trains to another one: `trains to Expo use Platform B`."""
    return any(found.labels != {sign} for found in mentions_in(words, 0, len(words), PLATFORM))


def lone_goal(page: RulePage, start: int, end: int) -> list[str]:
    """Return the stations of a text that contains nothing else: `Dhoby Ghaut / Marina Bay`."""
    words = _behind_next(page, page.names.without_lines(page.text[start:end])).strip(" :：–—-.=")
    if (route := _ROUTE.search(words)) and not (is_not_now(words) or is_denying(words) or is_noted(words)):
        words = words[: route.start()].strip(" :：–—-.=")
    if _CODE.fullmatch(words):
        return [words]
    named: list[str] = []
    alone = 0
    for found in page.names.stations_in(words):
        if (named and "/" not in words[alone : found.start]) or found.slug == page.slug:
            return []
        if _BESIDE_GOAL.sub("", words[alone : found.start]).strip("/"):
            return []
        named, alone = [*named, words[found.start : found.end]], found.end
    return [] if _BESIDE_GOAL.sub("", words[alone:]) else named


def _behind_next(page: RulePage, words: str) -> str:
    """Return what stands behind `next station`, unless another station comes first."""
    found = NEXT_STATION.search(words)
    is_first = found is not None and next(page.names.stations_in(words[: found.start()]), None) is None
    return words[found.end() :] if found and is_first else words


def is_way_named(words: str) -> bool:
    """Return whether words give only a direction without a station: `Northbound`, `clockwise`."""
    return _WAY_NAMED.fullmatch(words) is not None


def names_platforms(page: RulePage, key: str) -> bool:
    """Return whether a key says that platforms stand behind it, perhaps of one line: `NEL platforms`."""
    plain = page.names.without_lines(key)
    return page.vocabulary.meaning_of_key(plain) is Meaning.PLATFORM and sign_in(plain) is None


def is_towards(page: RulePage, key: str) -> bool:
    """Return whether a key announces the direction of trains: `Towards: Jurong East`."""
    return page.vocabulary.meaning_of_key(key) is Meaning.TOWARDS


def claim_platform(
    page: RulePage, sign: str, goals: Iterable[str], line: str | None, row: Bounds
) -> Iterator[Candidate]:
    """Yield a statement for each station that a platform's trains go towards."""
    for goal in dict.fromkeys(goals):
        yield replace(claim(page, "platform", None, sign, Said(row), towards=goal, line=line), cell=None)


def line_of(page: RulePage, *texts: str) -> str | None:
    """Return the line named by the first text that names any; None if that names several."""
    for text in texts:
        found = page.names.lines_in(text)
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def read_signed(
    page: RulePage, start: int, end: int, headings: Sequence[str], row: Bounds | None = None
) -> Iterator[Candidate]:
    """Yield the statements of entries that each name a platform: `A: Jurong East; B: Woodlands`.

    Args:
        page: the page.
        start: where the entries begin.
        end: where they end.
        headings: words above that may name the line.
        row: the bounds to quote if the entries are known to be about platforms. Without it, each must begin
            with the word: `Platform A: towards Jurong East`.
    """
    if row and (counted := _COUNTED.match(page.text, start, end)) and not is_not_now(counted.group()):
        start = counted.end()
    between, begins = (_BETWEEN_SIGNS, _SIGNED) if row else (BETWEEN_PLATFORMS, _LEAD)
    for left, right in split_bounds(between, page.text, start, end):
        found = begins.match(page.text, left, right) or (
            row and _SIGN_BEHIND.fullmatch(page.text, left, right)
        )
        if found and not row and not page.text[found.end() : right].strip(" :"):
            return  # `Platform A / Platform B: Jurong East / Woodlands`
        if not found or is_not_now(page.text[left:right]) or not (row or _is_of_one(page, found, right)):
            continue
        begin = found.end()
        aside = _ASIDE.match(page.text, begin, right)
        if aside and next(page.names.stations_in(aside[1]), None) is None:
            begin = aside.end()
        bounds = found.span("goal") if "goal" in found.re.groupindex else (begin, right)
        way = TO.search(page.text, *bounds)
        lead = page.text[bounds[0] : way.start()] if way else ""
        if _OTHER_TRAINS.search(lead) or is_denying(lead):
            continue
        goals = goals_in(page, *bounds, TO) or lone_goal(page, *bounds)
        if len(goals) == 1 or not row:
            line = line_of(page, page.text[slice(*((start, end) if row else (left, right)))], *headings)
            yield from claim_platform(page, found["sign"], goals, line, row or (left, right))


def _is_called_at(page: RulePage, owner: Mention, trains: Bounds, goal_end: int) -> bool:
    """Return whether trains are said to call at a platform, and not to pass it or to stop beside it."""
    if trains[0] <= owner.start < trains[1]:
        return True
    if owner.start >= goal_end:
        return _CALL_AT.fullmatch(page.text, goal_end, owner.start) is not None
    return _HANDLES.fullmatch(page.text, owner.end, trains[0]) is not None


def _is_of_one(page: RulePage, found: re.Match[str], end: int) -> bool:
    """Return whether an entry names no other platform; if it does, it is read as a sentence."""
    named = mentions_in(page.text, found.start(), end, PLATFORM)
    is_alone = all(item.labels == {found["sign"]} for item in named)
    return is_alone and _OTHER_SIGN.search(page.text, found.end(), end) is None


def read_platform_prose(page: RulePage, start: int, end: int, headings: Sequence[str]) -> Iterator[Candidate]:
    """Yield the statements of sentences about platforms; grounding checks which platform they are about."""
    for word in _OF_TRAINS.finditer(page.text, start, end):
        sentence = sentence_at(page.text, word.start(), word.end())
        is_of_others = word.group().casefold().startswith("those") and not _TRAINS.search(
            page.text, start, word.start()
        )
        if is_of_others or is_not_now(page.text[slice(*sentence)]):
            continue
        for goal in goals_in(page, word.start(), min(sentence[1], end), _OF_TRAINS)[:1]:
            place = page.text.find(goal, word.end())
            trains = None if TOWARDS.fullmatch(word.group()) else word.span()
            yield from _read_goal_told(page, (place, place + len(goal)), start, headings, trains)
    for found in page.names.stations_in(page.text[start:end]):  # `Jurong East-bound trains`
        if _BOUND_BEHIND.match(page.text, start + found.end, end) and found.slug != page.slug:
            yield from _read_goal_told(page, (start + found.start, start + found.end), start, headings, None)


def _read_goal_told(
    page: RulePage, goal: Bounds, start: int, headings: Sequence[str], trains: Bounds | None
) -> Iterator[Candidate]:
    """Yield the statement of a sentence that trains go from a platform to a station.

    Args:
        page: the page.
        goal: bounds of the station's name.
        start: where the paragraph begins.
        headings: headings above it, which may name a line.
        trains: bounds of words such as `trains to`; None if the sentence says `towards`, which needs no verb.
    """
    sentence = sentence_at(page.text, *goal)
    if _OTHER_TRAINS.search(page.text, *sentence):
        return
    owner = owner_at(page.text, *goal, PLATFORM)
    if owner is None or len(owner.labels) != 1 or _OTHER_SIGN.search(page.text, owner.end, goal[0]):
        return
    if trains is None or _is_called_at(page, owner, trains, goal[1]):
        stretch = min(max(sentence[0], start), owner.start), sentence[1]  # a heading may name it
        yield claim(
            page,
            "platform",
            None,
            next(iter(owner.labels)),
            Said(stretch, stretch),
            towards=page.text[slice(*goal)],
            line=line_of(page, *headings),
            is_tied=False,
        )
