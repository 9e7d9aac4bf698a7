"""A reply that is refused is lost to nobody: the thread says so to staff, and the person whose address it used hears of it where
they are known, never where the mail says that it came from, and never of what a machine may have written: that would make
loops. Each reason once a day, so that nobody floods a thread or a
mailbox by it, and no forged mail keeps the word about a real one back."""

import datetime

from django.utils import timezone

from accounts.models import Person
from accounts.people import members_of
from documents.kinds import LIMIT, MEGABYTE
from examinations.telling.once import tell_once
from inquiries.by_mail.reading import MOST_BYTES
from inquiries.models import InboundMail, Inquiry
from inquiries.verbs import MOST_A_DAY

NOT_TAKEN = "inquiry-mail-not-taken"
#: Whoever cannot sign in reads no inbox: of this a mail goes out, whatever they chose.
CANNOT_SIGN_IN = "inquiry-mail-access-lapsed"
Reason = InboundMail.Reason
#: Reasons that a person who really wrote can do something about, and hears of.
SAID = {
    Reason.SEVERAL: "it was addressed to more than one inquiry",
    Reason.LAPSED: "your access to the portal is closed, since nobody used it",
    Reason.SENDER: "it was not sent from {email}, the address that we know of you",
    Reason.UNPROVED: "the mail server could not confirm that it came from {email}",
    Reason.EMPTY: "nothing new stood in it above the quoted words",
    Reason.MANY: "too many of yours came within an hour",
    Reason.OFTEN: f"you have written {MOST_A_DAY} times to it within a day",
    Reason.CLOSED: "what is answered is not taken up again for an account that has left the program",
    Reason.LARGE: f"it was larger than {MOST_BYTES // MEGABYTE} MB, more than can be sent by mail",
}
#: What to do, where writing in the portal is not all of it.
DO = {
    Reason.OFTEN: "write again tomorrow",
    Reason.CLOSED: "ask the Center or the port where the entry was filed: no account manager answers for the account",
    Reason.LAPSED: "open your access again: ask for a new password under “Forgot your password?” at the sign-in page and set "
    "it, or let a colleague who manages people open it; then write there",
    Reason.LARGE: f"sign in and attach the files there, each of up to {LIMIT // MEGABYTE} MB; send what is larger in parts, or "
    "as a smaller scan",
}


#: Reasons of which staff alone reads: a machine may have written, or who wrote is not known.
FOR_STAFF = {Reason.AUTOMATIC, Reason.SPAM, Reason.UNREADABLE}


def belongs(inquiry: Inquiry, person: Person) -> bool:
    """Whether this person is of the account today, also while their access is closed."""
    return members_of([inquiry.account_id]).filter(person=person).exists()


def say_not_taken(row: InboundMail, inquiry: Inquiry, person: Person, now: datetime.datetime) -> None:
    """Say to staff in the thread, and to the person whose address was used, that a mail was not taken. Does nothing where
    the person is not of the account (any more)."""
    told = row.reason in SAID
    if not (told or row.reason in FOR_STAFF) or not belongs(inquiry, person):
        return
    day = timezone.localdate(now)
    words = (
        f"A mail for this thread, to the address of {person.name}, was refused: {_within(row.get_reason_display())}. "
        f"{f'{person.name} is told what to do; headquarters' if told else 'Nobody is told by mail; headquarters'} "
        "finds it among those that came in."
    )
    if not inquiry.steps.filter(words=words[:400], at__date=day).exists():
        inquiry.steps.create(account_id=inquiry.account_id, at=now, by=None, words=words[:400], staff_only=True)
    if told:
        _tell(row, inquiry, person, day)


def _within(words: str) -> str:
    """A sentence's words within another."""
    return words[:1].lower() + words[1:]


def _tell(row: InboundMail, inquiry: Inquiry, person: Person, day: datetime.date) -> None:
    why = SAID[Reason(row.reason)].format(email=person.email)
    text = (
        f"A mail to your inquiry {inquiry.number} (“{inquiry.subject}”) did not reach it: {why}.\n\n"
        f"If you wrote it, {DO.get(Reason(row.reason), 'sign in and write there')}. If you did not, do nothing: nothing of it "
        "stands in the thread."
    )
    lapsed = row.reason == Reason.LAPSED
    path = "/sign-in/forgotten/" if lapsed else f"/inquiries/{inquiry.pk}/"
    tell_once(
        f"{NOT_TAKEN}:{inquiry.pk}:{person.pk}:{row.reason}:{day}", CANNOT_SIGN_IN if lapsed else NOT_TAKEN, "Your mail did not reach the inquiry", text,
        path=path, about=inquiry, people=[members_of([inquiry.account_id]).filter(person=person)],
    )  # fmt: skip


def say_files_left_out(row: InboundMail, refused: list[str]) -> None:
    """Say to who wrote that the words of a mail have landed, and which of its files have not. refused: names with reasons."""
    if row.inquiry is None:
        return
    one = len(refused) == 1
    text = (
        f"Your mail to inquiry {row.inquiry.number} (“{row.inquiry.subject}”) stands in the thread, but not with all that was "
        f"attached: {'a file was' if one else f'{len(refused)} files were'} not taken.\n\n"
        + "\n".join(refused)
        + f"\n\nSign in and attach {'it' if one else 'them'} there in another form."
    )
    tell_once(
        f"{NOT_TAKEN}:files:{row.message_id}", NOT_TAKEN, f"{'A file' if one else 'Files'} of your mail did not arrive", text,
        path=f"/inquiries/{row.inquiry_id}/", about=row.inquiry,
        people=[members_of([row.inquiry.account_id]).filter(person=row.person)],
    )  # fmt: skip
