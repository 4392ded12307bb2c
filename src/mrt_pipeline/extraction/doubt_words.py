"""Words that take a statement back: of what was torn down, what is not certain, what is not for everybody.

This is data, and never whole: what ``qualifiers`` does not understand takes a statement back as well.
"""

from __future__ import annotations

import re

_YEAR = r"(?:1[89]|20)\d\d"

GONE = re.compile(
    r"\b(?:torn|pulled|knocked|taken|burnt|burned|shut|closed) down\b|\b(?:razed|bulldozed|dismantled)\b"
    r"|\b(?:decommissioned|scrapped|discontinued|ceased|shut|shuttered|vacated|vacant|abandoned|disused)\b"
    r"|\b(?:unused|obsolete|retired|no more|erstwhile|cancell?ed|aborted|shelved|postponed|gone)\b"
    r"|\b(?:delayed|deferred|relocating|barricaded|locked|sealed|moved (?:to|out)|boarded up|blocked off)\b"
    r"|\bex-(?=\w)|\bu/c\b|\bwip\b|\bnot in (?:use|service)\b|\bundergoing\b|\bbeing \w+ed\b"
    r"|\bunder (?:development|redevelopment|conversion|repair|refurbishment|works?)\b"
    r"|\b(?:refurbish\w*|redevelop\w*|renovat(?:ed|ing))\b"
    rf"|\bas (?:of|at|in) (?:[a-z]+ )?{_YEAR}\b"
    r"|\b(?:former )?site of\b|\br\.?i\.?p\b"
    r"|\b(?:in the past|years? ago|back then|at one time|expired|ended)\b"
    rf"|\b(?:up to|prior to|before|till) (?:[a-z]+ )?{_YEAR}\b"
    rf"|(?<!\w)(?<!blk )(?<!block ){_YEAR}\s*[–—-]+\s*(?:{_YEAR}|\d\d)(?!\w)"
    rf"|\bfrom (?:[a-z]+ )?{_YEAR} (?:to|until)\b|\bbetween {_YEAR} and\b"
    r"|拆卸|拆迁|搬迁|停业|结业|原址|未开|未建|待定|待建|\b(?:lama|telah tutup)\b",
    re.IGNORECASE,
)
"""The past, and what is being built or changed: `2015–2019`, `torn down`, `u/c`."""

UNSURE = re.compile(
    r"\b(?:maybe|perhaps|possibly|probably|presumably|apparently|seemingly|reputedly|purportedly|ostensibly)\b"
    r"|\b(?:potential(?:ly)?|likely|unlikely|uncertain|unclear|unsure|unverified|unconfirmed|doubtful|dubious)\b"
    r"|\b(?:disputed|tentative(?:ly)?|provisional(?:ly)?|believed|thought to|said to)\b"
    r"|\b(?:rumou?rs?|seems?|appears?)\b"
    r"|\bto be (?:confirmed|verified|advised|decided|determined)\b|\btb[acdv]\b|\bpending\b|\bunsourced\b"
    r"|\b(?:citation|verification|confirmation|clarification|source|update)s? (?:is )?needed\b"
    r"|\bfailed verification\b|\bneeds? (?:confirm|verif|check|updat)\w+\b"
    r"|可能|或许|也许|据说|据称|\b(?:mungkin|barangkali)\b",
    re.IGNORECASE,
)
"""What nobody vouches for."""

_FEW = (
    r"(?:staff|personnel|employees?|workers?|residents?|tenants?|members?|patients?|students?|vendors?|crew"
    r"|contractors?|authori[sz]ed \w+|deliver(?:y|ies)|emergenc(?:y|ies)|maintenance|permit holders?"
    r"|card ?holders?|pass ?holders?|goods|cargo|freight|firem[ae]n|evacuation)"
)
_HOURS = r"(?:certain|selected|limited|restricted|office|business|working|peak|off-peak|non-peak|specific)"

RESTRICTED = re.compile(
    rf"\b{_FEW}(?:['’]s?)?(?: (?:and|or|&) \w+)?(?: (?:use|access|entry|purposes?))? only\b"
    rf"|\bonly (?:for |to |by )?(?:the )?{_FEW}\b"
    rf"|\b(?:for|reserved for|restricted to|limited to) (?:the )?{_FEW}\b"
    rf"|\b(?:{_FEW}|service|private|stair|chair)(?:['’]s)?[ -]*(?:lifts?|elevators?|escalators?)\b"
    r"|\bonly (?:at|on|during|by request|by appointment|when|if|after|before)\b"
    r"|\b(?:up)?on request\b|\bby (?:request|appointment|arrangement)\b|\bon demand\b|\bsubject to\b"
    r"|\bassist(?:ance|ed)\b|\b(?:with|needs?|requires?) (?:(?:some|an?|the) )?(?:help|escort\w*)\b"
    rf"|\b{_HOURS} (?:hours|times|days)\b|\bdaytime\b|\bat night\b|\bweek(?:day|end)s? only\b"
    r"|\b(?:not all|(?:one|some|either|half|most|two) of|part[- ]time|partial(?:ly)?|in part)\b"
    r"|\b\d (?:out )?of (?:the )?\d\b|\b(?:in|during|for) (?:an )?emergenc(?:y|ies)\b|\bemergency use\b"
    r"|仅限|只限|限于|限(?:员工|职员|内部)|员工|职员|货梯|货运|货物|预约|紧急|需(?:要)?协助"
    r"|\b(?:kakitangan|barang|kecemasan)\b|ஊழியர்|அவசர",
    re.IGNORECASE,
)
"""What is there for some people, things or hours alone."""
