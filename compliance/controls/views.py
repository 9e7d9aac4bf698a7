"""An account's internal controls: years, one self-assessment, its questions by component, and the manager's review."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account, Person
from compliance.controls.charts import progress
from compliance.controls.forms import AnswersForm, ReviewForm
from compliance.controls.models import Answer, Component, SelfAssessment
from compliance.controls.models.assessment import answers_for, reviews
from compliance.controls.told import answers_of, told
from compliance.plans.models import Plan
from documents.kinds import Refused
from documents.models import Document
from documents.uploading import FileForm, takes_a_file
from look.forms import put_errors

YEARS_SHOWN = 10
#: A suggested action can go into the newest of the open plans.
PLANS_SHOWN = 3


def _years(request: HttpRequest, account: Account) -> list[SelfAssessment]:
    rows = SelfAssessment.objects.visible_to(request.user).filter(account=account)  # type: ignore[attr-defined]
    return list(rows.select_related("question_set", "reviewed_by", "submitted_by")[:YEARS_SHOWN])


def _one(request: HttpRequest, account: Account, assessment_id: int) -> SelfAssessment:
    rows = SelfAssessment.objects.visible_to(request.user).filter(account=account, pk=assessment_id)  # type: ignore[attr-defined]
    found = rows.select_related("account", "question_set", "reviewed_by", "submitted_by").first()
    if found is None:
        raise Http404
    return found


@require_safe
@allow()
@of_account(kind="trends")
def controls_page(request: HttpRequest, account: Account) -> HttpResponse:
    """The newest self-assessment by component, progress over years, and what to mend first."""
    years = _years(request, account)
    answers = answers_of(years[:2])
    before = told(answers[years[1].pk], years[1].question_set) if len(years) > 1 else None
    scores = {part.value: part.score for part in before.parts if part.score is not None} if before else {}
    newest = years[0] if years else None
    context = {
        "today": timezone.localdate(),
        "years": years,
        "newest": newest,
        "now": told(answers[newest.pk], newest.question_set, scores) if newest else None,
        "plans": _plans(request, account),
        "chart": _chart(years),
        "may_answer": answers_for(account, request.user),
        "may_review": reviews(account, request.user),
        "this_year": any(one.year == timezone.localdate().year for one in years),
    }
    return render(request, "controls/years.html", context)


def _plans(request: HttpRequest, account: Account) -> list[Plan]:
    """The plans into which this person may put an action that is suggested."""
    if not (answers_for(account, request.user) or reviews(account, request.user)):
        return []
    rows = Plan.objects.visible_to(request.user).filter(account=account).open()  # type: ignore[attr-defined]
    return list(rows.order_by("-pk")[:PLANS_SHOWN])


def _chart(years: Sequence[SelfAssessment]) -> Any:
    scored: list[tuple[int, Decimal, bool]] = [
        (one.year, one.score, one.state == one.State.REVIEWED) for one in reversed(years) if one.score is not None
    ]
    return progress(scored, years[0].question_set.weak_below) if years else None


@require_POST
@allow(Person.Role.MEMBER)
@of_account
def start(request: HttpRequest, account: Account) -> HttpResponse:
    """Begin this year's self-assessment."""
    if not answers_for(account, request.user):
        raise Http404
    made = SelfAssessment.start(account, by=request.user, on=timezone.localdate())
    return redirect(f"{request.account_base}/controls/{made.pk}/")  # type: ignore[attr-defined]


@require_safe
@allow()
@of_account(kind="trends")
def assessment_page(request: HttpRequest, account: Account, assessment_id: int) -> HttpResponse:
    """One self-assessment: its parts, its answers, what the manager said, and what to do next."""
    one = _one(request, account, assessment_id)
    answers = answers_of([one])[one.pk]
    context = {
        "one": one,
        "now": told(answers, one.question_set),
        "parts": [(component, [a for a in answers if a.question.component == component]) for component in Component],
        "papers": _papers(request, answers),
        "plans": _plans(request, account),
        "may_answer": one.is_open and answers_for(account, request.user),
        "may_submit": one.is_open and account.is_administered_by(request.user),
        "may_review": one.state == one.State.SUBMITTED and reviews(account, request.user),
    }
    return render(request, "controls/one.html", context)


def _papers(request: HttpRequest, answers: Sequence[Answer]) -> dict[int, list[Document]]:
    """The evidence by answer: one statement for all."""
    if not answers:
        return {}
    about = Document.objects.visible_to(request.user).current().of_many(Answer, [one.pk for one in answers])  # type: ignore[attr-defined]
    found: dict[int, list[Document]] = {one.pk: [] for one in answers}
    for paper in about.select_related("by"):
        found[int(paper.about_id)].append(paper)
    return found


@allow(Person.Role.MEMBER)
@of_account
def component_page(request: HttpRequest, account: Account, assessment_id: int, component: str) -> HttpResponse:
    """The questions of one component; saved as far as they are answered, to go on later."""
    one = _one(request, account, assessment_id)
    if component not in Component.values or not answers_for(account, request.user) or not one.is_open:
        raise Http404
    answers = [a for a in answers_of([one])[one.pk] if a.question.component == component]
    form = AnswersForm(request.POST or None, answers)
    overtaken: list[Answer] = []
    if request.method == "POST" and form.is_valid():
        try:
            overtaken = Answer.objects.save_all(one, form.given, by=request.user)  # type: ignore[attr-defined]
        except ValidationError as error:
            put_errors(form, error)
        else:
            if not overtaken:
                messages.success(request, "Saved.")
                return redirect(_after(request, one, component))
            form = _merging(request, overtaken, answers)
    context = {
        "one": one,
        "component": Component(component),
        "form": form,
        "overtaken": overtaken,
        "meanwhile": dict.fromkeys(a.pk for a in answers) | {one.pk: one for one in overtaken},
        "papers": _papers(request, answers),
        "sends": {answer.pk: f"{request.account_base}/controls/{one.pk}/evidence/{answer.pk}/" for answer in answers},  # type: ignore[attr-defined]
        "last": component == Component.values[-1],
    }
    return render(request, "controls/component.html", context)


def _after(request: HttpRequest, one: SelfAssessment, component: str) -> str:
    """The next component, or the whole where it is the last, or was asked for."""
    place = Component.values.index(component) + 1
    on = "later" not in request.POST and place < len(Component.values)
    base = f"{request.account_base}/controls/{one.pk}/"  # type: ignore[attr-defined]
    return f"{base}{Component.values[place]}/" if on else base


def _merging(request: HttpRequest, overtaken: Sequence[Answer], answers: Sequence[Answer]) -> AnswersForm:
    """The form once more with what this person wrote, and with the versions that stand now: the next save puts theirs in."""
    data = request.POST.copy()
    fresh = {one.pk: one for one in Answer.objects.filter(pk__in=[one.pk for one in answers])}
    for one in answers:
        data[f"version-{one.pk}"] = str(fresh[one.pk].version)
    for one in overtaken:
        one.changed_by = Person.objects.filter(pk=one.changed_by_id).first()
    return AnswersForm(data, answers)


@takes_a_file
@require_POST
@allow(Person.Role.MEMBER)
@of_account
def evidence(request: HttpRequest, account: Account, assessment_id: int, answer_id: int) -> HttpResponse:
    """Keep a file that shows what an answer says."""
    one = _one(request, account, assessment_id)
    answer = one.answers.select_related("question").filter(pk=answer_id).first()
    if answer is None or not answers_for(account, request.user) or not one.is_open:
        raise Http404
    form = FileForm(request)
    if form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            Document.objects.keep(sent.file, sent.name, about=answer, account=account, filer=None, by=request.user)  # type: ignore[attr-defined]
            messages.success(request, f"{sent.name} is kept as evidence.")
        except Refused as refused:
            messages.error(request, str(refused))
    else:
        messages.error(request, form.errors["file"][0])
    base = f"{request.account_base}/controls/{one.pk}/"  # type: ignore[attr-defined]
    return redirect(f"{base}{answer.question.component}/#evidence")


@require_POST
@allow(Person.Role.MEMBER)
@of_account
def submit(request: HttpRequest, account: Account, assessment_id: int) -> HttpResponse:
    """An administrator hands it to the account manager."""
    one = _one(request, account, assessment_id)
    if not account.is_administered_by(request.user):
        raise Http404
    try:
        one.submit(by=request.user, on=timezone.localdate())
        messages.success(request, "Your account manager has it now, and reads it over with you.")
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect(f"{request.account_base}/controls/{one.pk}/")  # type: ignore[attr-defined]


@allow(Person.Role.MANAGER, Person.Role.HEADQUARTERS)
@of_account
def review_page(request: HttpRequest, account: Account, assessment_id: int) -> HttpResponse:
    """The manager corrects single answers, and then agrees or asks back; saved meanwhile, the account sees nothing of it."""
    one = _one(request, account, assessment_id)
    if not reviews(account, request.user) or one.state != one.State.SUBMITTED:
        raise Http404
    answers = answers_of([one])[one.pk]
    form = ReviewForm(request.POST or None, answers)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                _correct(form, answers, request.user)
                said = _decide(request, one, form.cleaned_data["words"])
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, said)
            return redirect(request.path if one.state == one.State.SUBMITTED else f"{request.account_base}/controls/")  # type: ignore[attr-defined]
    context = {
        "one": one,
        "form": form,
        "now": told(answers, one.question_set),
        "papers": _papers(request, answers),
    }
    return render(request, "controls/review.html", context)


def _correct(form: ReviewForm, answers: Sequence[Answer], person: Person) -> None:
    """Only what differs from what stands; a reviewer changes a handful of twenty."""
    given = form.corrections
    for one in answers:
        new, held = given[one.pk], one.corrected
        if new is None and held is not None:
            one.let_stand(by=person)
        elif new is not None and (held is None or (held.level, held.reason) != new):
            one.correct(new[0], reason=new[1], by=person)


def _decide(request: HttpRequest, one: SelfAssessment, words: str) -> str:
    today = timezone.localdate()
    if "agree" in request.POST:
        one.agree(by=request.user, on=today, words=words)
        return f"Reviewed: the score of {one.account} for {one.year} is {one.reviewed}."
    if "ask_back" in request.POST:
        one.ask_back(by=request.user, on=today, words=words)
        return f"{one.account} is asked to answer better."
    return "Your corrections are saved. The account sees them when you agree or ask back."
