"""Words that may stand beside a value without taking anything of it back.

This is data: a word that is not here makes what it stands beside unread, so a wording that is missed is added
here. Nothing belongs here that could say when, for whom or whether.
"""

from __future__ import annotations

import re

from mrt_pipeline.extraction.access_words import VOCABULARY
from mrt_pipeline.extraction.word_lists import word_list

ONE_WAY = re.compile(r"\bescalators?\W{0,3}(?:going )?(?:up|down)(?:wards?)? only\b", re.IGNORECASE)
"""An escalator is there whichever way it runs; of a lift such words are a doubt."""

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
    ONE_WAY,
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

PREPOSITIONS = word_list("prepositions")
"""Behind these a name may stand."""

PLACE_KINDS = word_list("place_kinds")
"""Where one of these stands, the words are the name of a place, or where it is."""

HARMLESS = word_list("harmless")
"""Any letter case."""

IN_SENTENCES = word_list("in_sentences")
"""Harmless in a whole sentence, which has a verb of its own; behind a name they may say more."""

ACRONYMS = word_list("acronyms")
"""Words in capitals that are known; any other, such as `OOS`, `UC` or `KIV`, may say anything."""

HARMLESS_FOREIGN = re.compile(
    r"[电電]梯|升降[机機]|扶手|自动|扶梯|无障碍|设施|通道|轮椅|可|有|和|与|及|至|到|往|出口|入口|地面|街道|层|楼梯|仅|只"
    r"|站|台|月台|巴士站|公交站|没有|无|不|厕所|洗手间|两|部|个|台|处|设|的|在|从|号|[一二三四五]"
    r"|மின்தூக்கி|நகரும்|படிக்கட்டு|உண்டு|ஆம்|உள்ளது|இல்லை|தடையற்ற|அணுகல்|மற்றும்|பேருந்து|நிறுத்தம்|வழி|வெளியேறு"
)
