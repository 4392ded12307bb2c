"""Words that may stand beside a value without taking anything of it back.

This is data: a word that is not here makes what it stands beside unread, so a wording that is missed is added
here. Nothing belongs here that could say when, for whom or whether.
"""

from __future__ import annotations

import re

from mrt_pipeline.extraction.access_words import VOCABULARY

HARMLESS_PHRASES = (
    re.compile(
        r"\b(?:open(?:ed)?|added|built|installed|completed|available|in (?:use|operation|service))?\s*"
        r"(?:since|in)\s+(?:[A-Z][a-z]+\s+)?(?:19|20)\d\d\b(?!\s*[–—-])"
        r"|\b(?:opened|added|built|installed|completed)\s+(?:on\s+)?(?:\d{1,2}\s+)?(?:[A-Z][a-z]+\s+)?"
        r"(?:19|20)\d\d\b(?!\s*[–—-])"
        r"|\b24[\s-]*(?:/\s*7|h|hrs?|hours?)\b|\bat all (?:times|hours)\b|\bround the clock\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:lifts?|elevators?|escalators?|ramps?|stairs?|staircases?|steps)\s+only\b"
        r"|\bonly\s+(?:by\s+)?(?:a\s+)?(?:lifts?|elevators?|escalators?|ramps?|stairs?|staircases?|steps)\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:(?:(?:one|two|\d)\s+)?up\s*(?:and|&|/|,)\s*(?:(?:one|two|\d)\s+)?down|(?:goes|go|leads?|leading|runs?|brings?|takes?)\s+(?:\w+\s+)?(?:up|down)\s+(?:in)?to)\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\bbus (?:services?|routes?)\b|\bservices?:?\s*\d{1,3}[a-z]?(?:\s*[,/&]\s*\d{1,3}[a-z]?)*",
        re.IGNORECASE,
    ),
    re.compile(r"\b[A-Z][a-z]+ [A-Z](?= Stn\b)"),  # stops at a station of a long name: `Holland V Stn`
    *VOCABULARY.values(),
)
"""Wordings that are known as a whole."""

PREPOSITIONS = frozenset(
    {
        *("to", "towards", "toward", "at", "near", "beside", "from", "into", "onto", "inside"),
        *("outside", "via", "along", "behind", "facing", "serving", "of", "in", "on", "under", "below"),
        *("above", "and", "next", "through", "by", "with", "the", "for"),
    }
)
"""Behind these a name may stand."""

PLACE_KINDS = frozenset(
    {
        *("mall", "centre", "center", "plaza", "tower", "building", "house", "road", "street"),
        *("avenue", "ave", "drive", "lane", "link", "way", "crescent", "close", "boulevard", "park"),
        *("garden", "gardens", "school", "college", "university", "hospital", "hotel", "library"),
        *("market", "station", "interchange", "terminal", "blk", "block", "blks", "blocks", "hdb"),
        *("stadium", "temple", "church", "mosque", "club", "hub", "point", "square", "court", "estate"),
        *("residences", "rd", "st", "stn", "int", "opp", "bef", "aft", "line", "mrt", "lrt", "bus", "museum"),
        *("complex", "city", "place", "bridge", "underpass", "polyclinic"),
    }
)
"""Where one of these stands, the words are the name of a place, or where it is."""

HARMLESS = frozenset(
    {
        *("a", "an", "the", "this", "it", "and", "or", "both", "all", "each", "every", "two"),
        *("three", "one", "four", "five", "another", "more", "also", "there", "here", "which", "that"),
        *("via", "by", "with", "of", "to", "at", "in", "on", "from", "for", "near", "beside", "into"),
        *("onto", "inside", "outside", "along", "behind", "towards", "toward", "through", "between"),
        *("within", "under", "below", "above", "across", "next", "adjacent", "opposite", "nearby"),
        *("connected", "connecting", "connects", "connect", "linked", "linking", "links", "leads"),
        *("leading", "lead", "serves", "serving", "served", "is", "are", "has", "have", "having"),
        *("available", "provided", "equipped", "located", "found", "installed", "present", "exists"),
        *("exist", "using", "use", "take", "goes", "go", "going", "runs", "brings", "reach", "reached"),
        *("reaching", "open", "operational", "operating", "working", "active", "yes"),
        *("tick", "check", "ok", "lift", "lifts"),
        *("elevator", "elevators", "escalator", "escalators", "ramp", "ramps", "stair", "stairs"),
        *("staircase", "staircases", "steps", "step", "free", "step-free", "barrier-free", "barrier"),
        *("accessible", "accessibility", "access", "wheelchair", "wheelchairs"),
        *("wheelchair-accessible", "wheelchair-friendly", "friendly", "users", "user", "disabled"),
        *("prams", "pram", "strollers", "tactile", "guidance", "paving", "flooring", "system"),
        *("toilet", "toilets", "facilities", "facility", "passenger", "passengers", "public", "glass"),
        *("large", "big", "small", "new", "covered", "sheltered", "automatic", "wide", "direct"),
        *("directly", "main", "left"),
        *("right", "north", "south", "east", "west", "northern", "southern", "eastern", "western"),
        *("street", "streets", "ground", "level", "levels", "concourse", "platform", "platforms"),
        *("floor", "floors", "basement", "underpass", "underground", "surface", "overhead"),
        *("pedestrian", "bridge", "linkway", "walkway", "road", "roads", "side", "sides", "exit"),
        *("exits", "entrance", "entrances", "station", "stations", "mall", "malls", "building"),
        *("buildings", "interchange", "gate", "gates", "fare", "faregates", "paid", "unpaid", "area"),
        *("ticket", "hall", "lobby", "bus", "buses", "stop", "stops", "stand", "stands", "taxi"),
        *("bicycle", "bicycles", "parking", "bay", "bays", "racks", "line", "lines", "train", "trains"),
        *("direction", "bound", "drop-off", "pick-up", "shop", "shops", "shopping", "centre", "center"),
        *("park", "market", "school", "food", "court", "block", "blocks", "flats", "residential"),
        *("office", "offices", "condominium", "hotel", "hospital", "temple", "number", "no.", "type"),
        *("total", "set", "sets", "pair", "per", "pairs", "same", "other", "roof", "shared", "shares"),
        *(
            "part",
            "crossing",
            "junction",
            "end",
            "back",
            "front",
            "top",
            "code",
            "lrt",
            "mrt",
            "hdb",
            "transfer",
        ),
        *("blk", "opp", "atm", "atms", "cafe", "only-lift", "integrated", "transport", "hub", "ada"),
        *("ya", "tiada", "tidak", "lif", "eskalator", "tangga", "bergerak", "dan", "di", "ke"),
        *("offers", "offer", "offering", "includes", "include", "including", "features", "featuring"),
        *("contains", "provides", "provide", "providing", "gives", "give", "allows", "where", "can"),
        *("be", "been", "sits", "lies", "too", "just", "long", "commuters", "pedestrians", "riders"),
        *("modern", "spacious", "dedicated", "bubble", "single", "double", "triple", "first", "second"),
        *("third", "additional", "extra", "several", "multiple", "many", "various", "convenient"),
        *("easy", "nearest", "route", "routes", "path", "paths", "way", "ways", "passage"),
        *("connection", "fully", "completely", "as", "so", "because", "since", "throughout", "used"),
        *("uses", "you", "they", "these", "those", "january", "february", "march", "april", "may"),
        *("june", "july", "august", "september", "october", "november", "december", "house", "houses"),
        *("estate", "village", "garden", "gardens", "hawker", "clockwise", "anticlockwise"),
        *("northbound", "southbound", "eastbound", "westbound", "known", "called", "alias", "aka"),
        *("formally", "well", "following", "listed", "surrounding", "places", "list", "table", "shows"),
        *("six", "seven", "eight", "nine", "ten"),
    }
)
"""Any letter case."""

IN_SENTENCES = frozenset(
    {
        *("now", "currently", "does", "do", "did", "but", "whereas", "although", "though", "however", "then"),
        *("its", "their", "alternatively", "respectively", "while", "yet", "any", "every", "either", "than"),
    }
)
"""Harmless in a whole sentence, which has a verb of its own; behind a name they may say more."""

ACRONYMS = frozenset(
    {
        *("MRT", "LRT", "HDB", "ATM", "ATMS", "SMRT", "SBS", "NTUC", "CC", "JC", "ITE", "NUS", "NTU", "SMU"),
        *("NSL", "EWL", "NEL", "CCL", "DTL", "TEL", "JRL", "CRL", "BPLRT", "SKLRT", "PGLRT", "RTS"),
        *("YMCA", "YWCA", "CPF", "MOE", "MOM", "ICA", "SAF", "SPH", "OCBC", "UOB", "DBS", "POSB", "HQ"),
        *("ION", "JEM", "IMM", "AMK", "CBD", "VIVO"),
    }
)
"""Words in capitals that are known; any other, such as `OOS`, `UC` or `KIV`, may say anything."""

HARMLESS_FOREIGN = re.compile(
    r"[电電]梯|升降[机機]|扶手|自动|扶梯|无障碍|设施|通道|轮椅|可|有|和|与|及|至|到|往|出口|入口|地面|街道|层|楼梯|仅|只"
    r"|站|台|月台|巴士站|公交站|没有|无|不|厕所|洗手间|两|部|个|台|处|设|的|在|从|号|[一二三四五]"
    r"|மின்தூக்கி|நகரும்|படிக்கட்டு|உண்டு|ஆம்|உள்ளது|இல்லை|தடையற்ற|அணுகல்|மற்றும்|பேருந்து|நிறுத்தம்|வழி|வெளியேறு"
)
