"""Why the examination that an inquiry is about was chosen: for who answers, and for experts who were brought in, also while it
is open (docs/access.md). It stands in no fact of the inquiry, for the account reads those."""

from django.contrib.contenttypes.models import ContentType
from django.db import connection

from accounts.models import Person
from examinations.models import Examination, Selection
from examinations.models.examination import Reason
from inquiries.attached import CHOSEN
from inquiries.models import Inquiry


def why_chosen(inquiry: Inquiry, person: Person) -> str:
    """The reason of selection, in words; empty for who may not know it, and where the inquiry is about no examination."""
    if inquiry.about_type_id is None or not person.is_government:
        return ""
    if inquiry.about_type_id != ContentType.objects.get_for_model(Examination).pk:
        return ""
    if person.role == Person.Role.EXPERT:
        code = _told_to_experts(inquiry.pk)
    else:
        known = Selection.objects.visible_to(person).filter(examination=inquiry.about_id)
        code = known.values_list("reason", flat=True).first()
    if code == Reason.RANDOM and any(label == CHOSEN for label, _ in inquiry.about_facts):
        return ""  # among the facts, which the account reads too
    return str(Reason(code).label) if code else ""


def _told_to_experts(inquiry: int) -> str | None:
    """As the database tells it to an expert of this inquiry, and to nobody else (migration 0014)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason_of_attached(%s)", [inquiry])
        found: str | None = cursor.fetchone()[0]
    return found
