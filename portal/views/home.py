"""The first page: each role's own answer to "what needs me?"."""

import datetime

from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.answering import answering_for
from accounts.caseload import with_caseload
from accounts.current import chosen, own_accounts
from accounts.guards import allow
from accounts.models import Account, Assignment, CenterAppeal, Cover, Person
from compliance.bonds.models import BondReview
from compliance.bonds.standing import bond_of_another, standing_of
from compliance.bonds.words import one_line
from compliance.effect import words as effect_words
from compliance.effect.models import EffectStudy
from compliance.trends.models import SharedTrend
from compliance.trends.told import first_of
from examinations import figures
from examinations.closing import closing_of_all
from examinations.figures.period import months_earlier
from examinations.filters import this_year
from examinations.holding import holding_of
from examinations.intervals import Rate
from examinations.models import Load, Port, ResultQuestion
from examinations.models.detention import detention_of
from examinations.telling.questions import unread_answers
from examinations.waiting import papers_asked
from inquiries.models import Inquiry, KnowledgeEntry
from look.charts import RateRow, Rates
from notices import lead_times
from notices.models import Notice
from notices.touched_by import most_at_stake, sentences_of
from notifications.models import Delivery
from portal.dates.sources import DAYS_OF_THE_FIRST_PAGE, first_dates
from portal.models import Heartbeat
from portal.needs import DUE_DAYS, answers_due, asked_of, needs_of
from portal.portfolio import newest, standings
from portal.promised import promised

CLOSING_DAYS, CLOSING_SHOWN = 10, 5
BONDS_SHOWN = 6
MOST_INQUIRIES, WAITING_SHOWN = 50, 7
CHANGES_SHOWN = 3
#: What was approved for a moment goes out within a minute or two of it.
NOT_GONE_OUT = datetime.timedelta(minutes=10)
TRENDS_OF_A_MEMBER, TRENDS_OF_A_MANAGER = 3, 7


@allow()
def today(request: HttpRequest) -> HttpResponse:
    """Send each role to its own first page, at the same address."""
    pages = {
        Person.Role.MEMBER: member_page,
        Person.Role.MANAGER: manager_page,
        Person.Role.EXPERT: expert_page,
        Person.Role.HEADQUARTERS: headquarters_page,
    }
    return pages[Person.Role(request.user.role)](request)


# ---- members ----------------------------------------------------------------------------------------------


def member_page(request: HttpRequest) -> HttpResponse:
    account = chosen(request)
    if account is None:
        return redirect("accounts") if own_accounts(request) else render(request, "portal/no_account.html")
    day = timezone.localdate()
    of_broker = account.kind == Account.Kind.BROKER
    # An importer's goods are all its own; of a broker's each row names its client.
    beside = ("detention", "account") if of_broker else ("detention",)
    held = list(figures.held_now(account, day).select_related(*beside))
    papers = papers_asked(held, request.user)
    for one in held:
        one.holding = holding_of(one, detention_of(one), day)
        one.papers = papers.get(one.pk, [])
        one.papers_due = min((item.due for item in one.papers if item.due), default=None)
    coming = sorted(one.holding.cbp_decides_by for one in held if one.holding.cbp_decides_by)
    longest = held[0] if held else None
    asked = asked_of(account, request.user, day)
    codes = [one.port for one in held]
    year, year_before = figures.entries_examined(account, *_years(day))
    notices = Notice.objects.read_by(request.user)
    first_to_come, dates_count = first_dates(account, request.user, day)
    bond = standing_of(account, day)
    context = {
        "today": day,
        "newest": figures.newest_data(account, day),
        "needs": needs_of(held, asked, day),
        "asks": asked[0] if asked else None,
        "asked_count": asked[0].waiting if asked else 0,
        "held_count": len(held),
        "papers_count": sum(len(items) for items in papers.values()),
        "longest": longest,
        "next": coming[0] if coming else None,
        "of_broker": of_broker,
        "ports": dict(Port.objects.filter(code__in=codes).values_list("code", "name")),
        "year": year,
        "chart": _examined_chart({f"You, {day.year}": year, f"You, {day.year - 1}": year_before}),
        "bond": bond,
        "bond_line": one_line(bond.review, day) if bond and bond.review else "",
        "other_bond": None if bond else bond_of_another(account, request.user, day),
        "unread": notices.filter(unread=True).count(),
        "answers": unread_answers(request.user, account),
        "now": timezone.now(),
        "inquiries": Inquiry.objects.visible_to(request.user)
        .filter(account=account)
        .unfinished()
        .order_by("state", "due_at")
        .select_related("category")[:WAITING_SHOWN],
        "ahead": _changes_ahead(request, day),
        "trends": first_of(request.user, TRENDS_OF_A_MEMBER, account),
        "first_dates": first_to_come,
        "dates_count": dates_count,
        "dates_days": DAYS_OF_THE_FIRST_PAGE,
        "manager": answering_for(account, day),
        "account": account,
    }
    return render(request, "portal/today_member.html", context)


def _changes_ahead(request: HttpRequest, day: datetime.date) -> list[Notice]:
    """The changes ahead with most at stake, then the next, each with what it touches of the trade one answers for (`said`)."""
    coming = Notice.objects.read_by(request.user).filter(effective_date__gt=day)
    found = most_at_stake(coming, request.user, request.reach, CHANGES_SHOWN)
    said = sentences_of(found, request.user, request.reach)
    for one in found:
        one.said = said.get(one.pk, "")
    return found


def _years(day: datetime.date) -> tuple[figures.Period, figures.Period]:
    """This year so far, and the whole year before."""
    start, _ = this_year(day)
    return figures.Period(start, day), figures.Period(
        start.replace(year=day.year - 1), start - datetime.timedelta(days=1)
    )


def _examined_chart(rates: dict[str, Rate | None]) -> object | None:
    rows = [RateRow(label, r.found, r.count, r.rate, r.low, r.high) for label, r in rates.items() if r]
    if not rows:
        return None
    counted = "Share of entries examined; bar: 95\u00a0% interval"
    return Rates(_against_last_year(rows), counted, "Entries", rows, width=384)


def _against_last_year(rows: list[RateRow]) -> str:
    """The finding: a difference is claimed only where the two intervals stand apart."""
    if len(rows) < 2:
        return "How often CBP looks, so far"
    now, before = rows
    if now.low > before.high:
        return "More often than last year"
    return "Less often than last year" if now.high < before.low else "About as often as last year"


# ---- those who work for the government ---------------------------------------------------------------------


def manager_page(request: HttpRequest) -> HttpResponse:
    day = timezone.localdate()
    accounts = list(Account.objects.filter(pk__in=request.reach.managed).select_related("center").order_by("name"))
    rows = standings(accounts, day)
    rows.sort(key=lambda row: (row.assessment is None, -(row.assessment.score if row.assessment else 0)))
    waiting = sorted((row for row in rows if row.held), key=lambda row: (row.held_since, -row.held))
    context = {
        "today": day,
        "rows": rows,
        "first": rows[:15],
        "waiting": waiting[:7],
        "asked": answers_due(request.reach.managed, day),
        "due_days": DUE_DAYS,
        "trends": first_of(request.user, TRENDS_OF_A_MANAGER),
        "bonds": _bonds(request.user, day),
        "promised": promised(request.reach.managed, request.user, day),
        "closing": _closing(accounts, request.user, day),
        "closing_days": CLOSING_DAYS,
        "held": sum(row.held for row in rows),
        "newest": newest(accounts),
        "high": sum(bool(row.assessment and row.assessment.band == "high") for row in rows),
        "covering": Cover.objects.on(day).filter(covered_by=request.user).select_related("absent"),
        "questions": ResultQuestion.objects.visible_to(request.user).waiting().filter(inquiry=None).count(),
        "now": timezone.now(),
        "inquiries": Inquiry.objects.visible_to(request.user)
        .waiting()
        .select_related("account", "category")[:WAITING_SHOWN],
        "ahead": _changes_ahead(request, day),
    }
    return render(request, "portal/today_manager.html", context)


def _closing(accounts: list[Account], person: Person, day: datetime.date) -> dict[str, object]:
    """What the last day comes for within ten days, over the whole portfolio: the first accounts and the sums."""
    total, each = closing_of_all(accounts, person, day, day + datetime.timedelta(days=CLOSING_DAYS))
    of_id = {account.pk: account for account in accounts}
    return {"rows": [(of_id[one.account], one) for one in each[:CLOSING_SHOWN]], "accounts": len(each), "total": total}


def _bonds(person: Person, day: datetime.date) -> list[tuple[BondReview, int | None, str]]:
    """The first bonds in trouble of a manager's accounts, each with its days left and its line; one statement."""
    rows = BondReview.objects.visible_to(person).in_trouble().select_related("bond", "account")  # type: ignore[attr-defined]
    return [(one, one.days_left(day), one_line(one, day)) for one in rows[:BONDS_SHOWN]]


def expert_page(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    mine = Inquiry.objects.visible_to(request.user)
    rows = list(mine.unfinished().select_related("account", "category").order_by("due_at", "pk")[:MOST_INQUIRIES])
    context = {
        "today": timezone.localdate(),
        "now": now,
        "rows": rows,
        "first": next((one for one in rows if one.due_at), None),
        "late": sum(one.due_at is not None and one.due_at < now for one in rows),
    }
    return render(request, "portal/today_expert.html", context)


def headquarters_page(request: HttpRequest) -> HttpResponse:
    day = timezone.localdate()
    states = dict(Account.objects.values_list("state").annotate(n=Count("id")))
    assigned = Assignment.objects.on(day)
    orphans = Account.objects.filter(state=Account.State.ACTIVE).exclude(pk__in=assigned.values("account"))
    study = EffectStudy.objects.visible_to(request.user).first()
    context = {
        "today": day,
        "effect": effect_words.finding(study.first, study.doubted) if study else "no round is studied yet",
        "states": states,
        "active": states.get(Account.State.ACTIVE, 0),
        "orphans": orphans.order_by("name")[:10],
        "orphan_count": orphans.count(),
        "caseload": with_caseload(day).order_by("-accounts", "name"),
        "loads": Load.objects.visible_to(request.user).select_related("by")[:5],
        "notices": Notice.objects.filter(state=Notice.State.PUBLISHED)[:5],
        "drafts": Notice.objects.filter(state__in=[Notice.State.DRAFT, Notice.State.REVIEW]).count(),
        "overdue": Notice.objects.due(timezone.now() - NOT_GONE_OUT).count(),
        "lead": lead_times.of_all(months_earlier(day, 12), day),
        "answers": KnowledgeEntry.objects.visible_to(request.user).drafts_for(request.user).count(),
        "late": Inquiry.objects.visible_to(request.user).waiting().filter(due_at__lt=timezone.now()).count(),
        "appeals": CenterAppeal.objects.visible_to(request.user).open().count(),
        "deliveries": dict(Delivery.objects.values_list("state").annotate(n=Count("id"))),
        "across": SharedTrend.objects.standing().aggregate(n=Count("id"), stake=Sum("revenue_at_stake")),
        "heartbeat": Heartbeat.objects.filter(name="scheduler").first(),
    }
    return render(request, "portal/today_headquarters.html", context)
