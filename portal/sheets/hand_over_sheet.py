"""What is open in an account, for the manager who takes it over: read from the rooms, kept nowhere."""

import datetime
from dataclasses import dataclass

from accounts.answering import Answering, answering_for
from accounts.models import Account, CenterAppeal, Cover, Membership, NightContact, Person
from compliance.risk.models import Assessment
from compliance.risk.words import sentence_of
from examinations import figures
from examinations.holding import holding_of
from examinations.models import CustomsRequest, Examination, ResultQuestion
from examinations.models.detention import detention_of
from portal.dates.bound import Bound
from portal.dates.entries import closing_windows, reconciliations
from portal.dates.small import notices_with_a_deed
from portal.dates.sources import (
    bond_terminations,
    dates_that_bind,
    delegations,
    status_report,
)

SHOWN = 10
DAYS_AHEAD = LATELY = 30
#: Goods held and requests stand on the sheet by themselves.
DATES = (closing_windows, reconciliations, bond_terminations, notices_with_a_deed, delegations, status_report)


@dataclass(frozen=True)
class HandOverSheet:
    """Lists hold SHOWN rows at most, the counts beside them all. lately: since that day."""

    answering: Answering | None
    held: list[Examination]
    held_count: int
    requests: list[CustomsRequest]
    requests_count: int
    questions: list[ResultQuestion]
    questions_count: int
    appeals: list[CenterAppeal]
    covers: list[Cover]
    lately: datetime.date
    results: list[Examination]
    results_count: int
    assessment: Assessment | None
    moved: str
    joined: list[Membership]
    ended: list[Membership]
    dates: list[Bound]
    dates_count: int
    night: NightContact | None


def hand_over_sheet_of(account: Account, person: Person, today: datetime.date) -> HandOverSheet:
    """What is open today, what changed in thirty days past, which dates come in thirty days ahead."""
    since = today - datetime.timedelta(days=LATELY)
    held = figures.held_now(account, today).visible_to(person)
    requests = CustomsRequest.objects.visible_to(person).of(account).to_answer()  # type: ignore[attr-defined]
    questions = ResultQuestion.objects.visible_to(person).filter(account=account).waiting()  # type: ignore[attr-defined]
    results = figures.examinations_of(account).visible_to(person)
    results = results.filter(closed__gte=since, disposition__startswith="DISCREPANCY").order_by("-closed", "-pk")
    dates = dates_that_bind(
        account, person, today, today + datetime.timedelta(days=DAYS_AHEAD), as_of=today, sources=DATES
    )
    answering = answering_for(account, today)
    people = Membership.objects.filter(account=account).select_related("person").order_by("person__name")
    scores = list(Assessment.objects.visible_to(person).filter(account=account).order_by("-as_of")[: LATELY + 5])
    newest = scores[0] if scores else None
    earlier = next((one for one in scores if (today - one.as_of).days >= 28), None)
    return HandOverSheet(
        answering=answering,
        held=_held(list(held.select_related("detention")[:SHOWN]), today),
        held_count=held.count(),
        requests=list(requests[:SHOWN]),
        requests_count=requests.count(),
        questions=list(questions.select_related("asked_by", "examination")[:SHOWN]),
        questions_count=questions.count(),
        appeals=list(CenterAppeal.objects.visible_to(person).filter(account=account).open().select_related("wished")),  # type: ignore[attr-defined]
        covers=_covers(answering, today),
        lately=since,
        results=list(results[:SHOWN]),
        results_count=results.count(),
        assessment=newest,
        moved=sentence_of(newest, earlier) if newest else "",
        joined=list(people.filter(created_at__date__gte=since, ended_at=None)[:SHOWN]),
        ended=list(people.filter(ended_at__date__gte=since)[:SHOWN]),
        dates=dates[:SHOWN],
        dates_count=len(dates),
        night=NightContact.objects.visible_to(person).filter(account=account).select_related("recorded_by").first(),
    )


def _held(found: list[Examination], today: datetime.date) -> list[Examination]:
    for one in found:
        one.holding = holding_of(one, detention_of(one), today)  # type: ignore[attr-defined]
    return found


def _covers(answering: Answering | None, today: datetime.date) -> list[Cover]:
    """The manager's absences now and ahead."""
    if answering is None:
        return []
    rows = Cover.objects.filter(absent=answering.manager, ends__gt=today).select_related("absent", "covered_by")
    return list(rows.order_by("starts")[:SHOWN])
