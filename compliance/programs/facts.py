"""What is known of an account for its programs: a fixed number of statements."""

import datetime

from accounts.models import Account, Enrollment, Identifier, Membership, Person
from compliance.bonds.models import Bond
from compliance.controls.models import SelfAssessment
from compliance.controls.told import answers_of, told
from compliance.programs.criteria import Facts
from compliance.programs.models import Done
from examinations import figures
from examinations.models import CustomsRequest, EntryMonth
from examinations.models.entry import Source


def facts_of(account: Account, person: Person, enrolled: dict[str, Enrollment], as_of: datetime.date) -> Facts:
    """The facts that this person may see, on a day. enrolled: by program."""
    importer = account.kind != Account.Kind.BROKER
    kind = Identifier.Kind.IMPORTER if importer else Identifier.Kind.FILER
    period = figures.twelve_whole_months(as_of)
    months = EntryMonth.objects.visible_to(person).filter(figures.of_account(account), source=Source.CBP)  # type: ignore[attr-defined]
    entries = months.filter(month__range=(period.start, period.end)).values_list("entries", flat=True)
    late = CustomsRequest.objects.visible_to(person).of(account).to_answer()  # type: ignore[attr-defined]
    tested = Done.objects.visible_to(person).filter(account=account, kind=Done.Kind.TEST)  # type: ignore[attr-defined]
    ctpat = enrolled.get(Enrollment.Program.CTPAT)
    return Facts(
        importer=importer,
        active=account.state == Account.State.ACTIVE,
        numbers=Identifier.objects.filter(account=account, kind=kind).count(),
        administrators=Membership.objects.filter(account=account, ended_at=None, administrator=True).count(),
        entries12=sum(entries),
        bonded=Bond.objects.visible_to(person).in_force(as_of).covering(account).exists(),  # type: ignore[attr-defined]
        overdue=late.filter(answer_by__lt=as_of, said_on=None).count(),
        ctpat=ctpat is not None,
        tier=ctpat.tier if ctpat else None,
        tested_on=tested.values_list("on", flat=True).first(),
        as_of=as_of,
        **_controls(account, person, as_of),
    )


def _controls(account: Account, person: Person, as_of: datetime.date) -> dict[str, object]:
    """Of the newest reviewed self-assessment: when, what is weak, and the two answers that ISA asks for."""
    rows = SelfAssessment.objects.visible_to(person).filter(account=account, state=SelfAssessment.State.REVIEWED)  # type: ignore[attr-defined]
    newest = rows.filter(reviewed_on__lte=as_of).select_related("question_set").order_by("-year").first()
    if newest is None:
        return {}
    answers = answers_of([newest])[newest.pk]
    levels = {one.question.code: one.as_corrected.level for one in answers}
    return {
        "reviewed_on": newest.reviewed_on,
        "weak": [part.label for part in told(answers, newest.question_set).weak],
        "trail": levels.get("trail"),
        "mending": levels.get("mending"),
    }
