"""What the mail of a notice says to all of its readers, in plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from documents.models import Document
from look.formats import long_day, plural
from notices.terms import terms_of

if TYPE_CHECKING:
    from notices.models import Notice


def lead_of(notice: Notice) -> str:
    """The first words of the mail: what changes, when, what to do, and what it takes the place of."""
    words = notice.title.strip().rstrip(".")
    if notice.effective_date:
        ahead = notice.effective_date > timezone.localdate(notice.published_at)
        words += f", {'from' if ahead else 'in force since'} {long_day(notice.effective_date)}"
    asked = "What you must do stands below." if notice.to_do else "You need do nothing; this is for you to know."
    return f"{words}. {asked} {_replaced(notice)}".strip()


def text_of(notice: Notice) -> str:
    """The lead, what to do, what changes and on which terms, whom to ask, where it comes from."""
    parts = [lead_of(notice)]
    if notice.to_do:
        by = f"\nConfirm or act by {long_day(notice.respond_by)}." if notice.respond_by else ""
        parts.append("What you must do\n" + notice.to_do.strip() + by)
    parts += ["What changes\n" + notice.body.strip(), _terms(notice), _ends(notice)]
    return "\n\n".join(part for part in parts if part)


def _replaced(notice: Notice) -> str:
    before = notice.replaces
    if before is None:
        return ""
    how = "corrects" if notice.replaces_how == notice.Replaces.CORRECTS else "supersedes"
    number = f"{before.get_kind_display()} {before.number}"  # type: ignore[attr-defined]
    if (
        how == "supersedes"
        and notice.effective_date
        and notice.effective_date > timezone.localdate(notice.published_at)
    ):
        return f"It {how} {number} from that day on."
    return f"It {how} {number}, which holds no more."


def _terms(notice: Notice) -> str:
    """The terms of a change of duty; all other conditions say whom it is for, and whoever reads it is one of them."""
    terms = terms_of(notice) if notice.changes_duty else []
    return "\n".join(["The terms", *(f"{name}: {words}" for name, words in terms)]) if terms else ""


def _ends(notice: Notice) -> str:
    files = Document.objects.current().about(notice).count()  # type: ignore[attr-defined]
    ends = [
        f"Comments are due by {long_day(notice.comments_due)}." if notice.comments_due else "",
        f"{plural(files, 'file is', 'files are')} attached to it in the portal." if files else "",
        f"Whom to ask: {notice.whom_to_ask.strip() or 'your account manager'}",
        f"Source: {notice.get_kind_display()} {notice.number}",  # type: ignore[attr-defined]
    ]
    return "\n".join(one for one in ends if one)
