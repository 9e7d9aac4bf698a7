"""Questions about results: asked on the page of a closed examination, answered by the account's manager."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account, Person
from examinations import figures
from examinations.entry_dates import EntryDates, dates_of
from examinations.exports.about import QUESTIONS
from examinations.exports.questions import sheet_of
from examinations.models import Examination, ResultQuestion
from examinations.models.question import LONGEST
from examinations.tasks import tell_of_questions
from examinations.telling import questions as told
from look.downloads import FORMATS, download
from look.forms import put_errors
from look.paging import CappedPaginator

PAGE = 20
MEMBER, MANAGER, HEADQUARTERS = Person.Role.MEMBER, Person.Role.MANAGER, Person.Role.HEADQUARTERS


class QuestionForm(forms.Form):
    """What one wants to know, and why."""

    kind = forms.ChoiceField(label="What is it about?", choices=ResultQuestion.Kind.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label="Your question",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": LONGEST}),
        help_text="Your account manager reads it. Disclose no violation here: that is done under 19 CFR 162.74.",
    )


class AnswerForm(forms.Form):
    """The answer, in words."""

    text = forms.CharField(
        label="Your answer", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5, "maxlength": LONGEST})
    )


def _examination(request: HttpRequest, account: Account, pk: int) -> Examination:
    rows = figures.examinations_of(account).visible_to(request.user).select_related("entry")
    found: Examination | None = rows.filter(pk=pk, closed__isnull=False).first()
    if found is None:
        raise Http404
    return found


def questions_about(request: HttpRequest, account: Account, examination: Examination) -> dict[str, Any]:
    """What the page of an examination shows of questions; the form only to a member, once the result is known."""
    of_account = ResultQuestion.objects.visible_to(request.user).filter(examination=examination, account=account)
    may_ask = examination.closed is not None and account.pk in request.reach.own
    questions = list(of_account.select_related("asked_by", "answered_by"))
    told.note_read([one for one in questions if one.asked_by_id == request.user.pk and one.answered_at], request.user)
    return {
        "questions": questions,
        "question_form": QuestionForm(auto_id="ask_%s") if may_ask else None,
        "answer_form": AnswerForm() if request.reach.sees_law_enforcement_data(account.pk) else None,
        "entry_dates": _dates(examination),
    }


def _dates(examination: Examination) -> EntryDates | None:
    return dates_of(examination.entry, timezone.localdate()) if examination.entry else None


def _back(request: HttpRequest, examination: Examination) -> HttpResponse:
    return redirect(f"{request.account_base}/examinations/{examination.pk}/#questions")


@allow(MEMBER)
@of_account(kind="examinations")
def ask(request: HttpRequest, account: Account, examination_id: int) -> HttpResponse:
    """Ask; the form stands on the examination's page, and here when the question could not be taken."""
    examination = _examination(request, account, examination_id)
    if account.pk not in request.reach.own:
        raise Http404
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            ResultQuestion.objects.ask(examination, account=account, **form.cleaned_data, by=request.user)
            tell_of_questions.delay_on_commit()
        except ValidationError as error:
            put_errors(form, error)
        else:
            return _back(request, examination)
    context = {"examination": examination, "form": form, "entry_dates": _dates(examination)}
    return render(request, "examinations/ask.html", context, status=400 if form.errors else 200)


@allow(MANAGER, HEADQUARTERS)
@of_account(kind="examinations")
def answer(request: HttpRequest, account: Account, examination_id: int, question_id: int) -> HttpResponse:
    """Answer a question of the account."""
    questions = ResultQuestion.objects.visible_to(request.user).filter(account=account, examination=examination_id)
    question = questions.select_related("examination__entry", "asked_by", "account").filter(pk=question_id).first()
    if question is None:
        raise Http404
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            question.answer(form.cleaned_data["text"], by=request.user)
            tell_of_questions.delay_on_commit()
        except ValidationError as error:
            put_errors(form, error)
        else:
            return _back(request, question.examination)
    context = {
        "question": question,
        "examination": question.examination,
        "form": form,
        "entry_dates": _dates(question.examination),
    }
    return render(request, "examinations/answer.html", context, status=400 if form.errors else 200)


@allow(MANAGER, HEADQUARTERS)
def waiting_list(request: HttpRequest) -> HttpResponse:
    """Questions of one's accounts that wait for an answer, the oldest first."""
    waiting = ResultQuestion.objects.visible_to(request.user).waiting()
    waiting = waiting.select_related("account", "examination", "asked_by")
    if request.GET.get("download") in FORMATS:
        return download(sheet_of(waiting), request.GET["download"], request, definitions=QUESTIONS)
    page = CappedPaginator(waiting, PAGE).get_page(request.GET.get("page"))
    return render(request, "examinations/questions.html", {"page": page, "count": page.paginator.count})
