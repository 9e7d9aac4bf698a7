"""What the portal says of one examination, in a word and a shape. Pure: values in, words out."""

import datetime
from dataclasses import dataclass

from examinations.clocks import release_or_detain_by
from examinations.models.examination import Disposition, Examination

#: The mark of the design language for each result.
MARKS = {
    Disposition.NO_DISCREPANCY: "none",
    Disposition.LETTER_OF_LAW: "letter",
    Disposition.MAJOR: "major",
    Disposition.REDELIVERY: "major",
    Disposition.REFUSED: "major",
    Disposition.SEIZED: "major",
}


#: What CBP did, to follow the word "CBP" or "and".
DEEDS = {
    Disposition.PENDING: "has not told the result yet",
    Disposition.NO_DISCREPANCY: "found nothing wrong",
    Disposition.LETTER_OF_LAW: "found an error of the letter of the law",
    Disposition.MAJOR: "found a major discrepancy",
    Disposition.REDELIVERY: "demanded redelivery",
    Disposition.DETAINED: "detained the goods",
    Disposition.REFUSED: "refused the goods",
    Disposition.SEIZED: "seized the goods",
}


@dataclass(frozen=True)
class Result:
    """A mark, its word, and what to add in small letters below."""

    mark: str
    word: str
    note: str = ""
    by: datetime.date | None = None


def deed_of(examination: Examination) -> str:
    """What CBP did, as a sentence goes on after "CBP"."""
    return DEEDS[Disposition(examination.disposition)]


def result_of(examination: Examination) -> Result:
    """The result of an examination as a list shows it."""
    disposition = Disposition(examination.disposition)
    if examination.holds_goods:
        if disposition == Disposition.DETAINED:
            return Result("held", "Detained", "no decision yet")
        decide_by = release_or_detain_by(examination.presented)
        word = "Held" if examination.entry_id else "Held, no entry yet"
        if decide_by is None:
            return Result("waiting", word, "not presented yet")
        return Result("held", word, "decide by", decide_by)
    if disposition == Disposition.PENDING:
        return Result("waiting", "Result pending" if examination.released else "Under review")
    return Result(MARKS.get(disposition, "letter"), disposition.label)
