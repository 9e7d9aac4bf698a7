"""What CBP asks of an account: the list, one request, and what people write down about it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account, Person
from documents.kinds import Refused
from documents.models import papers_of
from documents.uploading import FileForm, takes_a_file
from examinations import figures
from examinations.exports.requests import sheet_of
from examinations.models import CustomsRequest, EntryLine
from examinations.models.request import State
from examinations.models.request_records import Outcome
from examinations.requests.filters import OPEN
from examinations.requests.forms import DayForm, OutcomeForm, RecordForm
from examinations.requests.history import steps_of, versions_of
from examinations.requests.listing import RequestList, requests_of
from examinations.requests.words import DEEDS, clock_of, left_of, lines_of, next_steps, standing_of, subjects_of
from examinations.tasks import tell_of_request_papers
from examinations.views.exports import asked_of
from look.downloads import FORMATS, download
from look.formats import long_day
from look.paging import CappedPaginator

PAGE = 15
ROWS_SHOWN = 50
STAFF = (Person.Role.MANAGER, Person.Role.HEADQUARTERS)


@allow()
@of_account(kind="examinations")
def request_list(request: HttpRequest, account: Account) -> HttpResponse:
    """What CBP asks, by when, and what came of it; as a page or as a file."""
    today = timezone.localdate()
    listed = RequestList(asked_of(request, account))
    paginator = CappedPaginator(listed.rows, PAGE)
    if request.GET.get("download") in FORMATS and listed.usable and not paginator.is_capped:
        return download(sheet_of(listed), request.GET["download"])
    page = paginator.get_page(request.GET.get("page"))
    page.object_list = list(page.object_list.select_related("account").with_lines())
    for one in page.object_list:
        one.standing = standing_of(one, today)
        one.asked_lines, one.subjects = lines_of(one.line_numbers), subjects_of(one.subject_codes)
    context = {
        "filter": listed.filter,
        "usable": listed.usable,
        "page": page,
        "sums": listed.everything.filter(OPEN | Q(issued__gte=figures.twelve_months(today).start)).asks(today),
        "of_broker": account.kind == Account.Kind.BROKER,
        "newest": figures.newest_data(account, today),
        "staff": request.user.role in STAFF,
        "today": today,
    }
    return render(request, "examinations/requests.html", context)


@allow()
@of_account(kind="examinations")
def request_page(request: HttpRequest, account: Account, request_id: int) -> HttpResponse:
    """One request: what is asked, until when, what to do; and the forms to write down what became of it."""
    one = requests_of(account, request.user).select_related("entry", "account", "filer").filter(pk=request_id).first()
    if one is None:
        raise Http404
    staff = request.user.role in STAFF
    forms = _forms(one, staff=staff, own=account.pk in request.reach.own)
    if request.method == "POST":
        name = request.POST.get("deed", "")
        if name not in forms:
            raise Http404
        forms[name] = _bound(name, request.POST)
        if _done(one, forms[name], name, account, request.user):
            messages.success(request, _recorded(name, forms[name]))
            return redirect(f"{request.account_base}/requests/{one.pk}/")
    return render(request, "examinations/request.html", _context(request, account, one) | {"forms": forms})


def may_send(request: HttpRequest, one: CustomsRequest) -> bool:
    """Whether the person belongs to a side of the request, and CBP has not decided."""
    return one.takes_papers and bool({one.account_id, one.filer_id} & request.reach.own)


def _context(request: HttpRequest, account: Account, one: CustomsRequest) -> dict[str, Any]:
    today = timezone.localdate()
    lines = list(one.lines.all())
    rows = EntryLine.objects.visible_to(request.user).filter(entry=one.entry_id) if one.entry_id else None
    named = [part.line for part in lines if part.line]
    if rows is not None and len(named) == len(lines) and named:
        rows = rows.filter(line__in=named)
    return {
        "one": one,
        "standing": standing_of(one, today),
        "deed": DEEDS[one.form],  # type: ignore[index]
        "left": left_of(one.answer_by, today) if one.answer_by else "",
        "to_answer": one.state == State.TO_ANSWER,
        "late": one.state == State.TO_ANSWER and one.answer_by < today,
        "lines": lines,
        "named": bool(named),
        "asked_lines": lines_of(named),
        "entry_rows": rows.order_by("line", "ordinal")[:ROWS_SHOWN] if rows is not None else [],
        "clock": clock_of(one, today),
        "next_steps": next_steps(
            one, today, liquidated=one.entry.liquidation_date if one.entry else None, said_on=one.said_on
        ),
        "steps": steps_of(one, request.user, today),
        "versions": versions_of(one, request.user),
        "papers": papers_of(one, request.user),
        "may_send": may_send(request, one),
        "here": f"{request.account_base}/requests/{one.pk}/",
        "newest": figures.newest_data(account, today),
        "staff": request.user.role in STAFF,
        "today": today,
        "of_broker": account.kind == Account.Kind.BROKER,
    }


# ---- what people write down ------------------------------------------------------------------------------------

RECORDED = {
    "said": "It is recorded that you answered on {day}.",
    "take_back": "It is no longer recorded that you answered.",
    "answer": "It is recorded that CBP has the answer since {day}.",
    "extend": "It is recorded that CBP extended the period to {day}.",
    "outcome": "It is recorded what CBP decided: {outcome}.",
}
LABELS = {"said": "Answered on", "answer": "CBP has the answer since", "extend": "CBP extended the period to"}


def _bound(name: str, data: Any = None) -> Any:
    if name == "outcome":
        return OutcomeForm(data)
    if name not in LABELS:
        return None
    return DayForm(data, label=LABELS[name], ahead=name == "extend", auto_id=f"id_{name}_%s")


def _forms(one: CustomsRequest, *, staff: bool, own: bool) -> dict[str, Any]:
    """The forms that this person may send now, by deed; a member says what it did, staff what CBP says, a delegate
    nothing."""
    names: list[str] = []
    if staff:
        names = (
            (["answer"] if one.answer_by else []) + (["extend"] if one.state == State.TO_ANSWER else []) + ["outcome"]
        )
    elif own and one.state == State.TO_ANSWER:
        names = ["said", "take_back"] if one.said_on else ["said"]
    return {name: _bound(name) for name in names}


def _recorded(name: str, form: Any) -> str:
    """What was just written down, in a sentence."""
    said = form.cleaned_data if form is not None else {}
    outcome = str(Outcome(said["outcome"]).label) if "outcome" in said else ""
    return RECORDED[name].format(day=long_day(said.get("day")), outcome=outcome[:1].lower() + outcome[1:])


def _done(one: CustomsRequest, form: Any, name: str, account: Account, person: Person) -> bool:
    """Call the verb; what it refuses stands at the form."""
    if form is not None and not form.is_valid():
        return False
    day = form.cleaned_data.get("day") if form is not None else None
    verbs: dict[str, Callable[[], None]] = {
        "said": lambda: one.say_answered(day, by=person, account=account),
        "take_back": lambda: one.say_answered(None, by=person, account=account),
        "answer": lambda: one.answer(by=person, on=day),
        "extend": lambda: one.extend(day, by=person),
        "outcome": lambda: one.decide(form.cleaned_data["outcome"], by=person),
    }
    try:
        verbs[name]()
    except ValidationError as error:
        if form is not None:
            form.add_error("outcome" if name == "outcome" else "day", error.messages)
        return False
    return True


@takes_a_file
@require_POST
@allow(Person.Role.MEMBER)
@of_account(kind="examinations")
def request_send(request: HttpRequest, account: Account, request_id: int) -> HttpResponse:
    """Keep a paper of the answer, for the account's people, its broker and its manager."""
    one = requests_of(account, request.user).select_related("entry", "account", "filer").filter(pk=request_id).first()
    if one is None or not may_send(request, one):
        raise Http404
    form = FileForm(request)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            one.send(file, file.name, by=request.user)
        except (Refused, ValidationError) as error:
            form.add_error("file", error.messages if isinstance(error, ValidationError) else str(error))
        else:
            tell_of_request_papers.delay_on_commit()
            return redirect(f"{request.account_base}/requests/{one.pk}/#papers")
    forms = _forms(one, staff=False, own=account.pk in request.reach.own)
    refused = " ".join(text for texts in form.errors.values() for text in texts)
    context = _context(request, account, one) | {"forms": forms, "refused": refused}
    return render(request, "examinations/request.html", context, status=400)


@allow(*STAFF)
@of_account(kind="examinations")
def record_request(request: HttpRequest, account: Account) -> HttpResponse:
    """Record by hand a request that no file has brought yet."""
    form = RecordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = form.save(account, request.user)
        if made is not None:
            messages.success(request, f"Request {made.number} is recorded.")
            return redirect(f"{request.account_base}/requests/{made.pk}/")
    return render(request, "examinations/record_request.html", {"form": form, "today": timezone.localdate()})
