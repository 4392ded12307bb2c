"""The words by which pages speak about access, and those that take a statement back."""

from __future__ import annotations

import re
from functools import lru_cache

from mrt_pipeline.contracts.network import AccessFeature
from mrt_pipeline.extraction.access_meaning import STEP_FREE_NO, STEP_FREE_YES
from mrt_pipeline.extraction.doubt_words import GONE, RESTRICTED, UNSURE

_TOILET = r"(?:toilets?|washrooms?|restrooms?|wc)"
_WAY = (
    r"(?:access\w*|exits?|entrances?|entry|ways?|routes?|paths?|pathways?|passages?|connections?|linkways?|ramps?"
    r"|lifts?|elevators?|facilit(?:y|ies)|features?|stations?|and|or|but|with|via|by|to|from|at|for|in|on|through"
    r"|using|as|since|because|while|whereas|although|though|throughout|only|too|also|here|there"
    r"|before|after|until|till|when|whenever|if|unless|now|again|by|during)"
)
"""May stand behind `barrier-free`; of a `barrier-free playground` the exit is not said to be so."""

_OF_WAY = rf"(?!\s+(?!{_WAY}\b)[^\W\d_])"
_WHEELCHAIR = (
    rf"\bwheelchairs?[- ](?:accessible|friendly)\b{_OF_WAY}"
    r"|\baccessible\s+(?:to|by|for|with)\s+wheelchairs?\b"
)
_BARRIER_FREE = rf"\bbarrier[- ]free\b{_OF_WAY}"
_STEP_FREE = rf"\bstep[- ]free\b{_OF_WAY}|{_BARRIER_FREE}|{_WHEELCHAIR}"
_DENIAL = r"(?:\b(?:not?|non|without)|n['’]t)\b[\s-]*(?:(?:yet|fully|any|an?)\s+)?"
_STAIRS = r"(?:stairs?|steps|staircases?)"
_BEFORE_STAIRS = r"(?:(?:by|via|has|have|with|a|an?|the|flight of|served)\s+){0,3}"
_OTHER_WAY = r"(?:lifts?|elevators?|escalators?|ramps?)"
_JOIN = r"(?:\s*[&/+]\s*|,?\s+(?:and|or|plus|with)\s+|\s*,\s*)(?:the\s+|an?\s+)?"
_NOT_JOINED = "".join(
    rf"(?<!{join})" for join in ("and ", "and the ", "or ", "or the ", "plus ", "& ", "&", "/ ", "/", r"\+ ")
)
"""Not behind another way: `lift and stairs only`."""
_STAIRS_ONLY = (
    rf"{_NOT_JOINED}\b{_STAIRS}\s+only\b|\bonly\s+{_BEFORE_STAIRS}{_STAIRS}\b(?!{_JOIN}{_OTHER_WAY}\b)"
)
_ELSEWHERE_LIFT = r"(?:lobb(?:y|ies)|landings?|shafts?|upgrading)"

VOCABULARY: dict[str, re.Pattern[str]] = {
    value: re.compile(pattern, re.IGNORECASE)
    for value, pattern in {
        AccessFeature.WHEELCHAIR_ACCESSIBLE.value: _WHEELCHAIR,
        AccessFeature.BARRIER_FREE.value: _BARRIER_FREE,
        AccessFeature.LIFT.value: (
            rf"\b(?:lifts?|elevators?)\b(?!\s+{_ELSEWHERE_LIFT}|\s*[-‐‑–\s]\s*free\b)"
        ),
        AccessFeature.ESCALATOR.value: r"\bescalators?\b",
        AccessFeature.STAIRS_ONLY.value: _STAIRS_ONLY,
        AccessFeature.TACTILE_GUIDANCE.value: r"\btactile\b",
        AccessFeature.ACCESSIBLE_TOILET.value: (
            rf"\b(?:accessible|barrier[- ]free|disabled|handicapped)\s+{_TOILET}\b"
            rf"|\bwheelchair[- ](?:accessible|friendly)\s+{_TOILET}\b"
            r"|\btoilets?\s+for\s+(?:the\s+)?disabled\b"
        ),
        STEP_FREE_YES: _STEP_FREE,
        STEP_FREE_NO: rf"{_DENIAL}(?:{_STEP_FREE})|{_STAIRS_ONLY}",
    }.items()
}
"""What must be read in a quote to support a value."""

READ_FEATURES = tuple(feature for feature in AccessFeature if feature.value in VOCABULARY)
"""The features that pages are read for: a ramp on a page may be any slope nearby, and of toilets only those
count that are said to be accessible."""

DENIALS: dict[str, AccessFeature] = {f"no_{feature.value}": feature for feature in READ_FEATURES}
"""What a statement is called that says that a feature is not there, and the feature."""

_ALL_BUT = (
    r"\b(?:all|any|every|each|anything|everything)\s+(?:(?:the|other|of)\s+)*(?:(?:exits?|entrances?)\s+)?"
    r"but\b"
)
_NEGATOR = re.compile(
    r"\b(?:no(?!\.?\s*\d)|not|cannot|without|never|neither|nor|none|nil|zero|n/a|non)\b"
    r"|\b(?:unavailable|inaccessible)\b|(?<![\w.,:/#-])(?<!level )(?<!floor )0(?![\w.:/-])"
    r"|\b(?:unlike|lacks?|lacking|absent|absence|except|excepting|excludes?|excluding)\b"
    rf"|\b(?:other than|apart from|instead)\b|{_ALL_BUT}"
    r"|\b(?:hardly|barely|scarcely|partially|partly|almost|nearly|semi|far from)\b"
    r"|\b(?:tidak|tiada|bukan|tanpa)\b|n['’]t\b|[没沒無无不✗✘✕✖❌]|இல்லை",
    re.IGNORECASE,
)
_HALF_DENIAL = re.compile(
    r"\b(?:unlike|except|excepting|excludes?|excluding|other than|apart from|instead)\b"
    rf"|{_ALL_BUT}"
    r"|\b(?:hardly|barely|scarcely|partially|partly|almost|nearly|semi|far from)\b",
    re.IGNORECASE,
)
"""Takes a statement back without saying the opposite."""

_STEPS = re.compile(rf"\b(?:{_STAIRS}|flights?)\b", re.IGNORECASE)
_WITHOUT_STEPS = re.compile(r"\b(?:lifts?|elevators?|ramps?)\b", re.IGNORECASE)

_CONTRAST = re.compile(r"\b(?:but|while|whereas|although|though|however|yet)\b|[,;]", re.IGNORECASE)
_STRONG_CONTRAST = re.compile(r"\b(?:but|while|whereas|although|though|however|yet)\b|;", re.IGNORECASE)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b(?!\s+(?:19|20[01])\d)"
)
_NOT_NOW = re.compile(
    r"\b(?:was|were|had|formerly|former|previously|used to|originally|initially|once|until|till|no longer)\b"
    r"|\b(?:closed|demolished|removed|relocated|replaced|defunct|temporary|temporarily|suspended|faulty)\b"
    r"|\bout of (?:service|order|use)\b|\bunder (?:repairs?|maintenance|renovation|upgrading)\b"
    r"|\b(?:will|would|shall|plans?|planned|proposed|future|upcoming|to be|expected|under construction)\b"
    r"|\b(?:is|are|has|have|lifts?|elevators?|escalators?) to (?:be|have|get|receive|open|close|shut)\b"
    r"|\bto (?:open|come|follow)\b|\bcoming (?:in|by|from)\b"
    rf"|\b(?:by|from|come|due) (?:(?:the|early|mid|late|end|next)[- ]?(?:of )?)*(?:{_MONTH}|end\b|year\b)"
    r"|\byet to\b|\bdid\b(?!\s+not\b)|\bstops? (?:working|operating|running)\b|\bin line for\b"
    r"|\b(?:being (?:built|constructed|added)|may|might|could|if|unless|should)\b"
    r"|\b(?:rumou?red|allegedly|reportedly|supposedly|myths?|claims?|claimed)\b"
    r"|\b(?:broken|malfunction\w*|vandali[sz]ed|awaiting|breaks? down|broke down)\b"
    r"|\b(?:opens?|opening|closing|coming) (?:soon|later|next)\b|\bfrom q[1-4]\b"
    r"|\b(?:mothballed|flooded|hoarded up|unbuilt|under study|feasibility|petition\w*|missing)\b"
    r"|已取消|已关闭|已關閉|已拆|拆除|停用|暂停|关闭|關閉|前身|曾|将于|将会|計劃|计划|规划|兴建|施工|未来"
    r"|\b(?:bekas|dahulu|dahulunya|ditutup|dirobohkan|dipindahkan|akan|dirancang|dicadangkan|belum)\b"
    r"|முன்னாள்|மூடப்ப|அகற்றப்ப|எதிர்கால|திட்டமிட",
    re.IGNORECASE,
)
_TAKING_BACK = (_NOT_NOW, GONE, UNSURE, RESTRICTED)

_YEAR = re.compile(
    r"(?<![\w#/-])(?<!\bblk )(?<!\bblock )(?<!\bno\. )20[2-9][0-9](?![\w/])(?!\s*(?:h|hrs?|hours)\b)",
    re.IGNORECASE,
)
_AT_A_DISTANCE = re.compile(
    r"\b(?:opposite|across|other sides?|other exits?|elsewhere|nearest|nearby|instead)\b"
    r"|\b(?:adjacent|adjoining|neighbou?ring|next[- ]door)\b(?!\s+to\b)"
    r"|\b(?:via|through)\s+(?:(?:the|a|an)\s+)?(?!(?:lifts?|elevators?|escalators?|ramps?|stairs|steps"
    r"|concourse|underpass|linkway|station|street|ticket|overhead|covered|sheltered)\b)[^\W\d_]"
    r"|\banother\s+(?:mall|building|block|station)\b",
    re.IGNORECASE,
)
_MACHINE_TALK = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,60}\b(?:instructions?|prompts?|rules?|above|previous)\b"
    r"|\b(?:system|developer) (?:prompt|message)\b|\b(?:assistant|system|user)\s*:"
    r"|\b(?:as an ai|language model|ai models?|ai assistants?|json)\b"
    r"|\byou (?:must|should|will) (?:now )?(?:answer|output|reply|respond|report|say|write|include|add)\b"
    r"|<\|?\s*/?\s*(?:im_start|im_end|system|assistant|script)",
    re.IGNORECASE,
)


_TAG_OPENS = re.compile(r"<\s*[/!?]?\s*[a-z]", re.IGNORECASE)
_SHOWN_MARKUP = re.compile(
    r"<\s*[/!?]?\s*[a-z][\w:-]*(?:\s[^<>]*)?/?>?|<!--|-->|&(?:lt|gt|quot|amp|#\d+);"
    r"|\[\[|\]\]|\{\{|\}\}|'{3}|\{¦|¦\}|\bon(?:error|load|click)\s*=",
    re.IGNORECASE,
)
"""Words inside it are code, an example or an accident."""
MAX_TAG_CHARS = 500
"""A tag is no longer than this."""


def is_denied(sentence: str, start: int, end: int) -> bool:
    """Return whether a sentence denies the words ``sentence[start:end]``.

    A negator denies what follows it up to a contrast (but, while, ;) and what stands before it in its clause.
    """
    before = list(_NEGATOR.finditer(sentence, 0, start))
    if before and not _is_contrasted(sentence, before[-1].end(), start, end):
        return True
    after = _NEGATOR.search(sentence, end)
    return after is not None and not _CONTRAST.search(sentence, end, after.start())


def is_plain_denial(sentence: str, start: int, end: int) -> bool:
    """Return whether a sentence says that what the words ``sentence[start:end]`` name is not there now."""
    return is_denied(sentence, start, end) and not _HALF_DENIAL.search(sentence) and not is_not_now(sentence)


def has_steps(words: str) -> bool:
    """Return whether some words name steps and no way round them: `step-free, with two steps`."""
    steps = (match.span() for match in _STEPS.finditer(words))
    return _WITHOUT_STEPS.search(words) is None and any(not is_denied(words, *place) for place in steps)


def is_denying(text: str) -> bool:
    """Return whether a text denies anything."""
    return _NEGATOR.search(text) is not None


@lru_cache(maxsize=1024)
def is_not_now(sentence: str) -> bool:
    """Return whether a sentence speaks of the past, of plans, of what might be, or is not for everybody."""
    return any(words.search(sentence) for words in _TAKING_BACK)


def is_of_later_year(sentence: str, year: int) -> bool:
    """Return whether a sentence names a year after the present one: `opens in 2031`."""
    return any(int(match.group()) > year for match in _YEAR.finditer(sentence))


def is_elsewhere(sentence: str) -> bool:
    """Return whether a sentence places what it says at some distance from what it names."""
    return _AT_A_DISTANCE.search(sentence) is not None


def is_hostile(text: str) -> bool:
    """Return whether a text addresses whoever reads it by machine."""
    return _MACHINE_TALK.search(text) is not None


def is_markup(text: str, start: int, end: int) -> bool:
    """Return whether ``text[start:end]`` is markup shown as text, or lies within a tag."""
    opened = text.rfind("<", max(0, start - MAX_TAG_CHARS), start)
    is_in_tag = opened >= 0 and _TAG_OPENS.match(text, opened) is not None and ">" not in text[opened:start]
    return is_in_tag or _SHOWN_MARKUP.search(text, start, end) is not None


def without_doubts(text: str) -> str:
    """Return a text without the words that take a statement back."""
    for words in _TAKING_BACK:
        text = words.sub(" ", text)
    return text


def _is_contrasted(sentence: str, negator_end: int, start: int, end: int) -> bool:
    if _STRONG_CONTRAST.search(sentence, negator_end, start):
        return True
    says_only = "only" in sentence[start:end].lower()  # "no lift, stairs only", "No – stairs only"
    return says_only and sentence[:start].rstrip().endswith((",", "(", "–", "—"))
