"""What an answer rests on: a ruling, a section of 19 CFR, or a notice; checked, and as a link. Pure.

An answer that only tells facts of a row rests on none of them, and says so with its reason (domain.md 5.1: an answer carries
its authority).

Rulings are numbered HQ or H (headquarters) and NY or N, R and others (New York), six digits or fewer letters before them;
rulings.cbp.gov has them by that number. Sections of title 19 stand at ecfr.gov.
"""

import re
from typing import Any

from django.core.exceptions import ValidationError

RULING, CFR, NOTICE, NONE = "ruling", "cfr", "notice", "none"
AUTHORITIES = ((RULING, "Ruling"), (CFR, "Section of 19 CFR"), (NOTICE, "Notice"))
#: What an answer can say of its authority; only the first three can be published for everybody.
SAID = (*AUTHORITIES, (NONE, "No authority is needed"))
NAMED = (RULING, CFR, NOTICE)
#: The part of title 19 about rulings: where goods are not imported yet, an answer leads there.
OF_RULINGS = re.compile(r"177\.\d+")

WHY = 200
NO_AUTHORITY = (
    "Name what the answer rests on: a ruling, a section of 19 CFR or a notice. One that only tells facts of a row needs none; "
    "say so."
)

#: How an answer begins where only a ruling binds, and what it rests on (19 CFR 177.2: how a ruling is asked for).
ASK_FOR_A_RULING = (
    "Your goods are not imported yet. What I could write here would bind nobody; a ruling does. Ask for one at "
    "https://erulings.cbp.gov/: describe the goods, what they are made of and what they are for, where they come from and "
    "through which port, and attach pictures or a sample list. You need no lawyer for it, and no entry."
)
HOW_TO_ASK = "177.2"

#: "NY N301234", "HQ H298167", "HQ 113979", "N301234".
RULING_FORM = re.compile(r"(?:(?:HQ|NY)\s*)?([A-Z]?\d{5,6})", re.IGNORECASE)
#: "152.103", "19 CFR 152.103(a)(1)", "§ 10.31".
CFR_FORM = re.compile(
    r"(?:19\s*C\.?F\.?R\.?\s*)?(?:§\s*)?(\d{1,3}\.\d{1,4}[a-z]?)((?:\([A-Za-z0-9]{1,5}\))*)", re.IGNORECASE
)


def checked(kind: str, text: str) -> str:
    """The authority as it is written everywhere: "N301234", "152.103(a)".

    kind: RULING or CFR. Raises ValueError, in words for who wrote it.
    """
    text = " ".join(text.split())
    if kind == RULING:
        found = RULING_FORM.fullmatch(text)
        if not found:
            raise ValueError("Write the ruling's number as CBP does: NY N301234, HQ H298167 or HQ 113979.")
        return found[1].upper()
    if kind == CFR:
        found = CFR_FORM.fullmatch(text)
        if not found:
            raise ValueError("Write the section of title 19: 152.103 or 152.103(a)(1).")
        return found[1].lower() + found[2]
    raise ValueError("Choose what the answer rests on.")


def rests_on(kind: str, text: str, notice: Any, why: str) -> dict[str, Any]:
    """What is kept with an answer of what it rests on. why: the reason, where it rests on nothing. Raises ValidationError, by
    field."""
    why = " ".join(why.split())
    if not kind:
        said = "Choose what kind of authority this is." if text.strip() else NO_AUTHORITY
        raise ValidationError({"authority_kind": said})
    if kind == NONE:
        if not why or len(why) > WHY:
            raise ValidationError({"why_no_authority": f"Say why, in up to {WHY} letters: the account reads it."})
        return {"authority_kind": kind, "why_no_authority": why}
    if kind == NOTICE:
        if notice is None:
            raise ValidationError({"notice": "Choose the notice."})
        return {"authority_kind": kind, "authority": notice.number, "notice": notice}
    try:
        return {"authority_kind": kind, "authority": checked(kind, text)}
    except ValueError as error:
        raise ValidationError({"authority": str(error)}) from error


def link_of(kind: str, text: str) -> str:
    """Where a ruling or a section can be read; empty for anything else. text: as `checked` gives it."""
    if kind == RULING:
        return f"https://rulings.cbp.gov/ruling/{text}"
    if kind == CFR:
        section = text.partition("(")[0]
        return f"https://www.ecfr.gov/current/title-19/section-{section}"
    return ""


def in_words(kind: str, text: str) -> str:
    """ "Ruling N301234", "19 CFR 152.103(a)"."""
    return {RULING: f"Ruling {text}", CFR: f"19 CFR {text}"}.get(kind, text)


def leads_to_a_ruling(kind: str, text: str) -> bool:
    """Whether an authority is a ruling, or the part of 19 CFR by which one is asked for. text: as `checked` gives it."""
    return kind == RULING or (kind == CFR and bool(OF_RULINGS.match(text)))
