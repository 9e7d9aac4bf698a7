"""What the portal says of one examination, in a word and a shape. Rows in, words out; asks the database nothing."""

import datetime
from dataclasses import dataclass

from examinations.holding import Holding, Stage
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


#: What a list adds to goods that wait, before the date where there is one.
WAITS = {
    Stage.NOT_PRESENTED: "not presented yet",
    Stage.DECIDING: "decide by",
    Stage.DETAINED: "decide by",
    Stage.EXCLUDED: "counts as excluded since",
    Stage.PROVING: "proof by",
    Stage.PROOF_OVER: "proof was due",
    Stage.UNDATED: "no date known",
    Stage.DECIDED: "decided on",
}


def _of_held(examination: Examination, holding: Holding) -> Result:
    word = "Detained" if holding.detained else "Held" if examination.entry_id else "Held, no entry yet"
    if holding.stage == Stage.AGENCY:
        return Result("held", word, f"by {holding.decider}, no date known")
    if holding.lapsed and holding.stage == Stage.DETAINED:
        word = "Counts as detained"
    mark = "waiting" if holding.stage == Stage.NOT_PRESENTED else "held"
    return Result(mark, word, WAITS[holding.stage], holding.by)


def deed_of(examination: Examination) -> str:
    """What CBP did, as a sentence goes on after "CBP"."""
    return DEEDS[Disposition(examination.disposition)]


def result_of(examination: Examination, holding: Holding | None) -> Result:
    """The result of an examination as a list shows it. holding: where its goods stand; None where none wait."""
    disposition = Disposition(examination.disposition)
    if holding:
        return _of_held(examination, holding)
    if disposition == Disposition.PENDING:
        return Result("waiting", "Result pending" if examination.released else "Under review")
    return Result(MARKS.get(disposition, "letter"), disposition.label)
