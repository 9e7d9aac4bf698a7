"""A reply that is refused is lost to nobody: the thread says so to staff, and the person whose address it used hears of it where
they are known, never where the mail says that it came from. Each reason once a day, so that nobody floods a thread or a
mailbox by it, and no forged mail keeps the word about a real one back."""

import datetime

from django.utils import timezone

from accounts.people import members_of
from documents.kinds import LIMIT, MEGABYTE
from examinations.telling.once import tell_once
from inquiries.by_mail.reading import MOST_BYTES
from inquiries.models import InboundMail

NOT_TAKEN = "inquiry-mail-not-taken"
Reason = InboundMail.Reason
#: Reasons that a person who really wrote can do something about. To machines nothing is said: that would make loops.
SAID = {
    Reason.SENDER: "it was not sent from {email}, the address that we know of you",
    Reason.UNPROVED: "the mail server could not confirm that it came from {email}",
    Reason.EMPTY: "nothing new stood in it above the quoted words",
    Reason.MANY: "too many of yours came within an hour",
    Reason.CLOSED: "the account has been withdrawn from the program",
    Reason.LARGE: f"it was larger than {MOST_BYTES // MEGABYTE} MB, more than can be sent by mail",
}
#: What to do, where writing in the portal is not all of it.
DO = {
    Reason.LARGE: f"sign in and attach the files there, each of up to {LIMIT // MEGABYTE} MB; send what is larger in parts, or "
    "as a smaller scan",
}


def say_not_taken(row: InboundMail, now: datetime.datetime) -> None:
    """Say to staff in the thread, and to the person, that a mail was not taken. Does nothing where it is not known whose it
    was, or where the person may not write there."""
    if row.reason not in SAID or row.inquiry is None or row.person is None:
        return
    members = members_of([row.inquiry.account_id]).filter(person=row.person)
    if not members.exists():
        return
    day = timezone.localdate(now)
    words = (
        f"A mail for this thread was refused: {row.get_reason_display().lower()}. {row.person.name} is told to write here; "
        "headquarters finds the mail among those that came in."
    )
    if not row.inquiry.steps.filter(words=words, at__date=day).exists():
        row.inquiry.steps.create(account_id=row.inquiry.account_id, at=now, by=None, words=words[:400], staff_only=True)
    why = SAID[Reason(row.reason)].format(email=row.person.email)
    text = (
        f"A mail to your inquiry {row.inquiry.number} (“{row.inquiry.subject}”) did not reach it: {why}.\n\n"
        f"If you wrote it, {DO.get(Reason(row.reason), 'sign in and write there')}. If you did not, do nothing: nothing of it "
        "stands in the thread."
    )
    tell_once(
        f"{NOT_TAKEN}:{row.inquiry_id}:{row.person_id}:{row.reason}:{day}", NOT_TAKEN, "Your mail did not reach the inquiry", text,
        path=f"/inquiries/{row.inquiry_id}/", about=row.inquiry, people=[members],
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
