"""Questions about the result of an examination are inquiries of their own categories; what came of them goes back to the row.

The examination's room keeps the question with its row, as before; here it gets a promise, experts and a thread. Answered on
either side it is answered on both.
"""

from typing import Any

from examinations.models import ResultQuestion
from examinations.models.question import LONGEST
from examinations.signals import answered as answered_at_the_row
from examinations.signals import asked
from inquiries.authorities import NONE
from inquiries.models import Category, Inquiry, Outcome, State
from inquiries.models.inquiry import SUBJECT
from inquiries.signals import answered

CATEGORIES = {
    ResultQuestion.Kind.DATA: "result-data",
    ResultQuestion.Kind.DISAGREE: "result-disagree",
    ResultQuestion.Kind.UNCLEAR: "result-unclear",
}
FACTS = "It was written at the examination, and tells what was found there."
MORE = " … The whole answer stands in inquiry {number}."


def take_over(sender: object, question: ResultQuestion, **kwargs: Any) -> None:
    """Make an inquiry of a question about a result. Raises as `ask` does: then the question is not asked either."""
    subject = f"Examination {question.examination}: {question.get_kind_display()}"
    Inquiry.objects.ask(  # type: ignore[attr-defined]
        question.account, subject=subject[:SUBJECT], text=question.text, by=question.asked_by, question=question,
        category=Category.objects.get(pk=CATEGORIES[ResultQuestion.Kind(question.kind)]), about=question.examination,
    )  # fmt: skip


def write_back(sender: object, inquiry: Inquiry, message: Any, **kwargs: Any) -> None:
    """Write what came of it, and the answer, to the question of the row: the newest where there are several."""
    if inquiry.question_id is None or inquiry.outcome == Outcome.AT_THE_ROW:
        return
    question = ResultQuestion.objects.filter(pk=inquiry.question_id, account=inquiry.account_id).first()
    if question is None:  # gone with its number to another account, whose people must not read this
        inquiry.tell_staff("The examination belongs to another account now: the answer stands here alone.")
        return
    text = f"{inquiry.get_outcome_display()}. {message.text}"
    more = MORE.format(number=inquiry.number)
    write = question.answer if question.answered_at is None else question.amend
    write(text if len(text) <= LONGEST else text[: LONGEST - len(more)] + more, by=message.by)


def take_answer(sender: object, question: ResultQuestion, **kwargs: Any) -> None:
    """An answer that was written at the row answers the inquiry, where both are still of one account."""
    inquiry = Inquiry.objects.filter(question=question, account=question.account_id).first()
    if inquiry is not None and inquiry.state not in (State.ANSWERED, State.CLOSED):
        inquiry.answer(
            by=question.answered_by, text=question.answer_text, outcome=Outcome.AT_THE_ROW, authority_kind=NONE,
            why_no_authority=FACTS,
        )  # fmt: skip


def connect() -> None:
    """Listen to the room of examinations, and to answers here."""
    asked.connect(take_over, sender=ResultQuestion, dispatch_uid="inquiries.results.take_over")
    answered_at_the_row.connect(take_answer, sender=ResultQuestion, dispatch_uid="inquiries.results.take_answer")
    answered.connect(write_back, sender=Inquiry, dispatch_uid="inquiries.results.write_back")
