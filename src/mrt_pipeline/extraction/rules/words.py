"""Words and signs that the rules know, in Singapore's four languages.

The meanings of heads and keys are in ``vocabulary.csv``, which ``headers`` reads.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

from mrt_pipeline.contracts.network import AccessFeature
from mrt_pipeline.extraction.access_words import STEP_FREE_NO, STEP_FREE_YES
from mrt_pipeline.extraction.word_lists import word_list


class Meaning(StrEnum):
    """What a column or list item holds."""

    EXIT = "exit"
    BUS_STOP = "bus_stop"
    BUS = "bus"
    """bus services; the code of their stop may precede them: `54261: 22, 24`"""
    STEP_FREE = "step_free"
    WHEELCHAIR = "wheelchair"
    BARRIER_FREE = "barrier_free"
    LIFT = "lift"
    ESCALATOR = "escalator"
    STAIRS_ONLY = "stairs_only"
    TACTILE = "tactile"
    TOILET = "toilet"
    ACCESS = "access"
    """any words about access"""
    LANDMARK = "landmark"
    PLATFORM = "platform"
    TOWARDS = "towards"
    LINE = "line"
    STATION = "station"
    """the station that the exits belong to"""
    STATUS = "status"
    """remarks, such as whether a thing is open"""
    TIME = "time"
    OTHER = "other"
    """known, and not used"""


FILLERS = word_list("fillers")
"""words that add nothing to a header's meaning"""

EXIT_WORDS = (
    *("exit", "exits", "entrance", "entrances", "exits/entrances", "entrance/exit", "出口", "出入口"),
    *("pintu keluar", "pintu", "jalan keluar"),
    *("வெளியேறும் வழி", "வெளியேறு", "வெளிவாயில்", "வாயில்", "நுழைவாயில்"),
)
PLATFORM_WORDS = ("platforms", "platform", "plat", "pf", "月台", "站台", "pelantar", "நடைமேடை")
TOWARDS_WORDS = (
    *("towards", "toward", "bound for", "in the direction of", "direction", "ke arah", "menuju", "arah"),
    *("开往", "往", "方向", "நோக்கி", "→", "⟶", "➔", "➜", "⇒", "←", "➡", "⬅", "►", "◄", "▶"),
)
BUS_STOP_WORDS = re.compile(
    r"bus stop|stop code|巴士站|公交站|公车站|perhentian bas|hentian bas"
    r"|பேருந்து நிறுத்தம்|பேருந்து நிறுத்தங்கள்",
    re.I,
)
VIA_WORDS = re.compile(
    r"\b(?:via|through|next(?: stations?| stop|(?=\s*[:：]|\s+(?-i:[A-Z])))|before|after|from|melalui"
    r"|(?:calling|stopping)(?: (?:next|first))? at)\b|途经|经",
    re.I,
)
"""words before stations that are on the way, not the destination"""

SIGNS = {
    **dict.fromkeys("🚌🚏🚍", " bus stop "),
    **dict.fromkeys("📍🏢🏬🏛🏫🏥🏨🏟🏪🏘🕌🛕🏞🌳🛍🍴🍜🎭", " nearby "),
    **dict.fromkeys("♿", " step free "),
    **dict.fromkeys("🛗", " lift "),
    **dict.fromkeys("🚪", " exit "),
    "\ufe0f": None,
}
"""signs in a column's head or before a value, and the words that they stand for"""

YES_WORDS = word_list("yes")
NO_WORDS = word_list("no")

GENERIC_PLACES = re.compile(
    r"(?:.*\b)?(?:taxi (?:stands?|stops?)|bicycle (?:parking|bays?)|bike parking|bus stops?|bus bays?"
    r"|(?:passenger )?(?:pick[- ]?up|drop[- ]?off)(?: points?)?|car ?parks?|toilets?|washrooms?|ticket hall"
    r"|concourse|street level|underpass|overhead bridge|pedestrian (?:overhead )?bridge|linkway|walkway"
    r"|lifts?|elevators?|escalators?|stairs|staircases?|shops?|offices?"
    r"|residential (?:area|estate)s?|housing(?: estates?)?|hdb (?:blocks?|flats?|estates?)"
    r"|industrial (?:area|estate|buildings?)|platforms?|faregates?|passenger service(?: centre| office)?"
    r"|ticket (?:office|machines?)|condominiums?|apartments|restaurants?|eateries|coffee ?shops?|schools)"
    r"|.*\b(?:lift|elevator|escalator|stair|step|barrier|obstacle)s?[- ]free\b.*"
    r"|.*\bstn\b.*|.*\b(?:int|ter)|.*\b[ml]rt(?: station)?"
    r"|(?:towers?|wings?|blocks?|gates?|levels?|lobby|zones?|phase) [a-z0-9]{1,2}"
    r"|singapore|tb[acd]|unknown|various|nil|none|n/a|currently\b.*|see\b.*|same as\b.*|as above|ditto"
    r"|bus(?:es)?(?: services?| routes?)?(?:\W*\d\w*(?:\W+\d\w*)*)?",
    re.IGNORECASE,
)
"""things found at every station, which are no landmarks, and answers such as `none`"""

PLACE_SIGNS = re.compile(
    r".*\s(?:malls?|cent(?:re|er)s?|plazas?|towers?|buildings?|houses?|complex|hubs?|hospitals?|hospices?|polyclinics?|schools?"
    r"|colleges?|universit(?:y|ies)|institutes?|polytechnics?|academy|librar(?:y|ies)|museums?|stadiums?|halls?"
    r"|theatres?|hotels?|markets?|temples?|church|mosques?|cathedral|clubs?|residences?|interchanges?|terminals?"
    r"|gardens?|zoo|arcades?|galler(?:y|ies)|kindergartens?|camp|monastery|embassy|courts?|parks?|junction|city|square|point|shopping\s.*"
    r"|(?:mini|super)?marts?|supermarkets?|bazaars?|emporiums?|chambers|mansions?|headquarters|hostels?|inns?|lodges?|suites"
    r"|pavilions?|arenas?|auditoriums?|villages?|quays?|gateways?|piazzas?|promenades?|reserves?|reservoirs?|memorials?|monuments?|chapels?"
    r"|shrines?|synagogues?|gurdwaras?|clinics?|(?:police|fire)\s(?:stations?|posts?)|post\soffices?)(?:\s[1-9])?"
    r"|(?:.*\s)?(?:schools?|college|institute|academy|museum|faculty|university|church|association)\sof\s.*"
    r"|(?:masjid|hotel|kampong|church|temple|embassy|university|institute|national)\s.*",
    re.IGNORECASE,
)
"""names that begin or end with a kind of place"""

KINDS = word_list("kinds")
"""words that give the kind of a hall, centre or club, such as `community`, and do not identify it"""

TOWN_PARTS = word_list("town_parts")
"""words that, after a town's name, make it a road or district rather than a landmark"""

ANSWERS = YES_WORDS | NO_WORDS

FEATURES: dict[Meaning, tuple[str, str | None]] = {
    Meaning.STEP_FREE: (STEP_FREE_YES, STEP_FREE_NO),
    Meaning.WHEELCHAIR: (AccessFeature.WHEELCHAIR_ACCESSIBLE.value, STEP_FREE_NO),
    Meaning.BARRIER_FREE: (AccessFeature.BARRIER_FREE.value, STEP_FREE_NO),
    Meaning.LIFT: (AccessFeature.LIFT.value, None),
    Meaning.ESCALATOR: (AccessFeature.ESCALATOR.value, None),
    Meaning.STAIRS_ONLY: (AccessFeature.STAIRS_ONLY.value, None),
    Meaning.TACTILE: (AccessFeature.TACTILE_GUIDANCE.value, None),
    Meaning.TOILET: (AccessFeature.ACCESSIBLE_TOILET.value, None),
}
"""values of a yes and of a no in a column of each meaning; None where a no says nothing about step-free
access, such as the lack of a lift"""

FEATURE_WORDS: dict[str, re.Pattern[str]] = {
    AccessFeature.LIFT.value: re.compile(r"(?<!扶手)[电電]梯|升降[机機]|\blif\b|மின்தூக்கி", re.I),
    AccessFeature.ESCALATOR.value: re.compile(
        r"扶手?电?梯|\beskalator\b|\btangga bergerak\b|நகரும் படிக்கட்டு", re.I
    ),
    AccessFeature.BARRIER_FREE.value: re.compile(
        r"无障碍(?!厕所|洗手间)|\b(?:bebas|tanpa) halangan\b|தடையற்ற", re.I
    ),
    AccessFeature.STAIRS_ONLY.value: re.compile(r"[仅只][有设]?楼梯|\btangga sahaja\b", re.I),
    AccessFeature.WHEELCHAIR_ACCESSIBLE.value: re.compile(r"轮椅(?:可|通道)|\bmesra kerusi roda\b", re.I),
}
"""words for access features in languages other than English; ``access_words`` has the English ones"""

UNREAD_TOPICS = re.compile(
    r"\b(?:history|construction|proposals?|at opening"
    r"|former|previous|past|future|planned|proposed|upcoming|trivia|incidents?|accidents?"
    r"|naming|etymology|art ?works?|art(?! (?:museum|gallery)\b)|in popular culture"
    r"|references|see also|external links|sources"
    r"|wish(?:es|[- ]?lists?)?|we want|wanted|complaints?|petitions?|suggestions?|feedback|requests?|ideas?"
    r"|mistakes?|myths?|elsewhere|closures?|renovations?|upgrad\w+|statistics|ridership|timeline|background|notes|footnotes"
    r"|(?:nearby|neighbou?ring|adjacent|surrounding|other) stations"
    r"|(?:original|initial|alternative|preliminary|early) (?:station )?"
    r"(?:design|layout|scheme|concept|proposal)s?)\b"
    r"|\bold layout\b|^\W*(?:(?:(?:next|later|second) )?phases?|under review|on hold|in the pipeline|pending"
    r"|deferred|postponed|shelved|promised|rejected|requested|demands?)\b|^\W*coming(?: soon)?\W*$"
    r"|^\W*(?:option|alternative|variant|scheme|scenario|draft|concept)s?\W+\w{1,2}\b"
    r"|^\W*(?:options|alternatives?)\W*$"
    r"|(?:^\W*(?:(?:photo\w*|image|picture|media|video|station|exits?(?: \w{1,2})?) )?galler(?:y|ies)"
    r"|(?-i:\bgaller(?:y|ies)))\b(?! of (?:the )?exits\W*$)|历史|沿革|未来|sejarah|வரலாறு",
    re.IGNORECASE,
)
"""headings of content that is not about the station as it is now"""

ADDRESS = re.compile(
    r"(?:hdb )?(?:blk|blks|block|blocks|no|nos|level|unit|basement|lorong|lor|jln|大牌)\.?\s*#?\d[\w\s/&–-]*"
    r"|#?\d[\d\w/–-]*|b\d|l\d|(?:jalan|lorong)\s.*|pie|cte|tpe|aye|sle|bke|kje|kpe|mce|ecp"
    r"|.*\b(?:roads?|rd|streets?|st|avenues?|ave|drives?|dr|crescent|cres|lane|link|close|boulevard|blvd"
    r"|expressway|highway|grove|terrace|ring|rise|vista|walk|way|hill|view|central|place|park)(?:\s+\d+[a-z]?)"
    r"|.*\b(?:roads?|rd|streets?|st|avenues?|ave|drives?|dr|crescent|cres|lane|link|way|close|boulevard|blvd"
    r"|expressway|highway|grove|terrace)(?:\s+(?:north|south|east|west|central|[1-9]\d?))?",
    re.IGNORECASE,
)
"""roads, blocks and floors, which are locations and not places"""


@lru_cache(maxsize=1024)
def folded(text: str) -> str:
    """Return a text in the form used for look-up: case-folded, without punctuation or repeated spaces."""
    kept = "".join(char if _is_word(char) else " " for char in text.casefold())
    return " ".join(kept.split())


def _is_word(char: str) -> bool:
    """Return whether a character is part of a word; marks count, as Tamil's vowel signs are marks."""
    return unicodedata.category(char)[0] in "LMN"
