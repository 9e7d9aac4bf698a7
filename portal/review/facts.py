"""What stands in the review, read from the rooms in the scope of who asks: nothing that the account may not read itself."""

import datetime
from dataclasses import dataclass
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import QuerySet

from accounts.models import Account, Person
from compliance.controls.charts import progress
from compliance.controls.models import SelfAssessment
from compliance.controls.told import Told as Controls
from compliance.controls.told import answers_of
from compliance.controls.told import told as controls_told
from compliance.measurement.models import OwnRate
from compliance.plans.models import Action, Plan
from compliance.programs.told import Programs, programs_of
from compliance.trends.models import Trend
from compliance.trends.told import Told as TrendTold
from compliance.trends.told import told as trends_told
from examinations import figures
from examinations.models import CustomsRequest, ResultQuestion
from notices import telling
from notices.models import Notice
from notifications.models import Delivery
from portal.dates.bound import Bound
from portal.dates.entries import reconciliations
from portal.dates.sources import (
    bond_terminations,
    dates_that_bind,
    delegations,
    isa_letters,
    isa_tests,
    status_report,
)
from portal.monthly.facts import MonthFacts, facts_of
from portal.sheets.account_sheet import AccountSheet, sheet_of

TRENDS, NOTICES, ASKED, DATES, YEARS, PLANS, ACTIONS = 5, 10, 10, 10, 6, 5, 12
DAYS_AHEAD = 180
#: Follow-ups are CBP's own and stand in no document that an account reads; goods held and closing windows are of the day.
SOURCES = (reconciliations, bond_terminations, delegations, status_report, isa_letters, isa_tests)


@dataclass(frozen=True)
class Review:
    """now, before: the last twelve whole months and the twelve before them. Lists are cut; `trends_standing` counts all."""

    account: Account
    as_of: datetime.date
    sheet: AccountSheet
    now: MonthFacts
    before: MonthFacts
    rate: OwnRate | None
    trends: list[TrendTold]
    trends_standing: int
    plans: list[Plan]
    actions: list[Action]
    years: list[SelfAssessment]
    controls: Controls | None
    programs: Programs
    notices: list[Notice]
    requests: list[CustomsRequest]
    questions: list[ResultQuestion]
    dates: list[Bound]

    @property
    def newest_assessment(self) -> SelfAssessment | None:
        """The newest that was handed in: what is being answered is the account's own affair."""
        return next((one for one in self.years if one.score is not None and not one.is_open), None)

    @property
    def progress(self) -> Any:
        """The chart of the controls' score over the years, or None."""
        told = [
            (one.year, one.score, one.state == one.State.REVIEWED)
            for one in reversed(self.years)
            if one.score is not None
        ]
        newest = self.newest_assessment
        return progress(told, newest.question_set.weak_below) if newest else None


def review_of(account: Account, person: Person, as_of: datetime.date) -> Review:
    """All of it on a day. Whoever asks, it says what its own people may read: no score, no reason, no private note."""
    sheet = sheet_of(account, person, as_of)
    period = sheet.period
    before = figures.Period(period.start - relativedelta(years=1), period.start - datetime.timedelta(days=1))
    standing = (
        Trend.objects.visible_to(person).filter(account=account).standing().select_related("account", "other_side")
    )  # type: ignore[attr-defined]
    trends = list(standing.by_weight()[:TRENDS])
    plans = Plan.objects.visible_to(person).filter(account=account).open()  # type: ignore[attr-defined]
    actions = Action.objects.visible_to(person).filter(plan__in=plans).waiting()  # type: ignore[attr-defined]
    years = SelfAssessment.objects.visible_to(person).filter(account=account).select_related("question_set")  # type: ignore[attr-defined]
    assessed = list(years[:YEARS])
    newest = next((one for one in assessed if one.score is not None and not one.is_open), None)
    return Review(
        account=account,
        as_of=as_of,
        sheet=sheet,
        now=facts_of(account, person, period, sheet.bond, as_of),
        before=facts_of(account, person, before, None, as_of),
        rate=OwnRate.objects.visible_to(person).filter(account=account).first(),  # type: ignore[attr-defined]
        trends=trends_told(trends, staff=False, discloses=False),
        trends_standing=len(trends) if len(trends) < TRENDS else standing.count(),
        plans=list(plans.select_related("root_cause").order_by("-pk")[:PLANS]),
        actions=list(actions.select_related("owner").order_by("due", "pk")[:ACTIONS]),
        years=assessed,
        controls=controls_told(answers_of([newest])[newest.pk], newest.question_set) if newest else None,
        programs=programs_of(account, person, as_of),
        notices=list(_ahead(account, person, as_of)[:NOTICES]),
        requests=list(CustomsRequest.objects.visible_to(person).of(account).to_answer()[:ASKED]),  # type: ignore[attr-defined]
        questions=list(
            ResultQuestion.objects.visible_to(person)
            .filter(account=account)
            .waiting()
            .select_related("examination")[:ASKED]  # type: ignore[attr-defined]
        ),
        dates=dates_that_bind(
            account, person, as_of, as_of + datetime.timedelta(days=DAYS_AHEAD), as_of=as_of, sources=SOURCES
        )[:DATES],
    )


def _ahead(account: Account, person: Person, as_of: datetime.date) -> QuerySet[Notice]:
    """Changes ahead of which the account was told, the earliest first."""
    told = Delivery.objects.visible_to(person).filter(
        message__topic__in=telling.TOPICS, told_for__contains=[account.pk]
    )  # type: ignore[attr-defined]
    rows = Notice.objects.read_by(person).filter(pk__in=telling.notices_of(told), effective_date__gte=as_of)  # type: ignore[attr-defined]
    return rows.order_by("effective_date", "pk")
