"""Managers hear that a question about a result waits; who asked, that it is answered.

The words themselves stay in the portal: a mail lies open on its way, and its reader may have left since.
"""

import datetime
from collections.abc import Collection

from django.utils import timezone

from accounts.models import Account, Person
from accounts.people import managers_of, members_of
from examinations.models import ResultQuestion
from examinations.telling.once import news_since, tell_once, untold
from notifications.models import Delivery

ASKED, ANSWERED = "question", "answer"
#: An answer that nobody opened in so many days stands on the first page no more.
SHOWN_DAYS = 60


def tell_of_questions() -> int:
    """Tell of questions and of answers, as far as nobody has. Returns how many."""
    rows = ResultQuestion.objects.select_related("examination", "account", "asked_by")
    waiting = untold(rows.filter(asked_at__gte=news_since(), answered_at=None), "question")
    answered = untold(rows.filter(answered_at__gte=news_since()), "answer")
    return sum(_tell_manager(one) for one in waiting) + sum(_tell_asker(one) for one in answered)


def _tell_manager(question: ResultQuestion) -> bool:
    number = question.examination.number
    text = (
        f"{question.asked_by.name} of {question.account.name} asks about the result of examination {number}:"
        f" {question.get_kind_display().lower()}.\n\nRead the question and answer it in the portal."
    )
    path = f"/accounts/{question.account_id}/examinations/{question.examination_id}/questions/{question.pk}/"
    return tell_once(
        f"question:{question.pk}", ASKED, f"Question about a result: {question.account.name}", text,
        path=path, about=question, people=managers_of([question.account_id], timezone.localdate()),
    )  # fmt: skip


def _tell_asker(question: ResultQuestion) -> bool:
    """Only as long as the asker belongs to the account."""
    text = (
        f"Your question about the result of examination {question.examination.number} is answered.\n\n"
        "Read the answer in the portal. It is help: it binds nobody and stops no deadline."
    )
    asker = members_of([question.account_id]).filter(person=question.asked_by_id)
    path = f"/accounts/{question.account_id}/examinations/{question.examination_id}/#questions"
    subject = f"Answered: examination {question.examination.number}"
    return tell_once(f"answer:{question.pk}", ANSWERED, subject, text, path=path, about=question, people=[asker])


def unread_answers(person: Person, account: Account) -> list[Delivery]:
    """Answers to this person’s questions for the account that they have not opened yet, newest first; one statement."""
    since = timezone.now() - datetime.timedelta(days=SHOWN_DAYS)
    mine = Delivery.objects.filter(
        person=person, account=account, read_at=None, due_at__gte=since, message__topic=ANSWERED
    )
    return list(mine.select_related("message").order_by("-due_at")[:3])


def note_read(answered: Collection[ResultQuestion], person: Person) -> None:
    """Keep that who asked has opened the answers."""
    if answered:
        told = Delivery.objects.filter(person=person, read_at=None, message__topic=ANSWERED)
        told.filter(message__about_id__in=[str(one.pk) for one in answered]).update(read_at=timezone.now())
