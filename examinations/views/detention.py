"""The detention of an examination's goods: what the notice says, what is asked for and sent, how it ended."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.current import of_account
from accounts.guards import READERS, allow
from accounts.models import Account, Person
from documents.kinds import Refused
from documents.uploading import FileForm, takes_a_file
from examinations import figures
from examinations.holding import decider_of
from examinations.milestones import clock_of, steps_of
from examinations.models import Detention, DetentionItem, Examination, Port
from examinations.tasks import tell_of_detentions
from examinations.textiles import with_textiles
from examinations.waiting import Waiting, waiting_of
from look.forms import put_errors

AREA = forms.Textarea(attrs={"rows": 3})
AMERICAN = forms.DateInput(format="%m/%d/%Y")


class DetentionForm(forms.ModelForm):
    """What the notice of detention says, as 19 CFR 151.16(c) lists it."""

    notice_date = forms.DateField(
        label="Notice of detention dated",
        required=False,
        widget=AMERICAN,
        help_text="MM/DD/YYYY. Empty: none was given yet.",
    )
    imported = forms.DateField(
        label="Imported on",
        required=False,
        widget=AMERICAN,
        help_text="MM/DD/YYYY. For a withhold release order: its three months run from this day.",
    )

    class Meta:
        model = Detention
        fields = Detention.FACTS
        widgets = {"reason": AREA, "tests": AREA, "would_help": AREA}
        help_texts = {
            "kind": "It decides which clock runs.",
            "decided_by": "The Center, port or agency, as the notice names it.",
            "length": "How long the detention may take, in the notice’s words.",
            "would_help": "Papers and facts that would speed the decision.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = Detention.Kind.choices

    def _post_clean(self) -> None:
        """The verbs check the model: checking it here as well would say everything twice."""


class AskForm(forms.Form):
    """One paper or fact that is asked for."""

    text = forms.CharField(label="What you ask for", max_length=200, help_text="In the account’s words: Packing list.")
    due = forms.DateField(label="By", required=False, help_text="MM/DD/YYYY")


class DecisionForm(forms.Form):
    """How the detention ended."""

    outcome = forms.ChoiceField(label="Decision", choices=Detention.Outcome.choices)
    outcome_date = forms.DateField(label="Decided on", help_text="MM/DD/YYYY")


class AnswerForm(forms.Form):
    """What staff says of what was sent against an item."""

    answer = forms.ChoiceField(choices=[("accept", "Accept"), ("back", "Send back"), ("drop", "Not needed any more")])
    because = forms.CharField(label="What is still wrong", max_length=300, required=False)


def _examination(request: HttpRequest, account: Account, examination_id: int) -> Examination:
    rows = figures.with_days(figures.examinations_of(account).visible_to(request.user), timezone.localdate())
    rows = with_textiles(rows, request.user).select_related("entry", "detention")
    found = rows.filter(pk=examination_id).first()
    if found is None:
        raise Http404
    return found


def is_staff(request: HttpRequest, examination: Examination) -> bool:
    """Whether the person answers for the account of the examination, or works at headquarters."""
    return bool(request.reach.sees_law_enforcement_data(examination.account_id))


def may_send(request: HttpRequest, examination: Examination) -> bool:
    """Whether the person belongs to the importer, or to the broker that filed the entry."""
    own = request.reach.own
    return examination.account_id in own or examination.filer_id in own


def _waiting(request: HttpRequest, account: Account, examination_id: int) -> tuple[Examination, Waiting]:
    """The examination and its detention. Raises Http404 where its goods neither wait nor ever were detained."""
    examination = _examination(request, account, examination_id)
    waiting = waiting_of(examination, request.user, timezone.localdate())
    if waiting.detention is None and waiting.holding is None:
        raise Http404
    return examination, waiting


def _page(
    request: HttpRequest, account: Account, examination: Examination, waiting: Waiting, **more: Any
) -> HttpResponse:
    today = timezone.localdate()
    staff = is_staff(request, examination)
    open_now = waiting.holding is not None and not (waiting.detention and waiting.detention.outcome)
    context = {
        "examination": examination,
        "waiting": waiting,
        "holding": waiting.holding,
        "detention": waiting.detention,
        "decider": decider_of(examination, waiting.detention),
        "port": Port.objects.filter(code=examination.port).first(),
        "clock": clock_of(examination, waiting.holding, waiting.detention, today),
        "steps": steps_of(
            examination,
            examination.entry,
            today,
            waiting.holding,
            waiting.detention,
            waiting.waits_for,
            textiles=examination.textiles,
        ),
        "newest": figures.newest_data(account, today),
        "today": today,
        "staff": staff and open_now,
        "may_send": may_send(request, examination) and open_now,
        "government": request.user.is_government,
        "here": f"{request.account_base}/examinations/{examination.pk}/detention/",
    }
    if context["staff"]:
        context |= {
            "facts": DetentionForm(instance=waiting.detention),
            "ask": AskForm(),
            "decision": DecisionForm(),
        }
    return render(request, "examinations/detention.html", context | more)


@allow(*READERS)
@of_account(kind="examinations")
def detention_page(request: HttpRequest, account: Account, examination_id: int) -> HttpResponse:
    """All of a detention; staff records it here and corrects what the notice says."""
    examination, waiting = _waiting(request, account, examination_id)
    if request.method != "POST":
        return _page(request, account, examination, waiting)
    _staff_only(request, examination)
    form = DetentionForm(request.POST, instance=None)
    if form.is_valid():
        facts = {name: form.cleaned_data[name] for name in Detention.FACTS}
        try:
            if waiting.detention:
                waiting.detention.change(by=request.user, **facts)
            else:
                Detention.objects.record(examination, by=request.user, **facts)
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, "What the notice says is recorded.")
            return redirect(request.path)
    _, waiting = _waiting(request, account, examination_id)  # as it is stored, not as it was tried
    return _page(request, account, examination, waiting, facts=form)


@require_POST
@allow(Person.Role.MANAGER, Person.Role.HEADQUARTERS)
@of_account(kind="examinations")
def detention_ask(request: HttpRequest, account: Account, examination_id: int) -> HttpResponse:
    """Ask the account for a paper or a fact."""
    examination, waiting = _waiting(request, account, examination_id)
    _staff_only(request, examination)
    form = AskForm(request.POST)
    return _carry_out(
        request, account, examination, waiting, "ask", form,
        lambda detention: detention.ask(form.cleaned_data["text"], form.cleaned_data["due"], by=request.user),
    )  # fmt: skip


@require_POST
@allow(Person.Role.MANAGER, Person.Role.HEADQUARTERS)
@of_account(kind="examinations")
def detention_decide(request: HttpRequest, account: Account, examination_id: int) -> HttpResponse:
    """Record how the detention ended."""
    examination, waiting = _waiting(request, account, examination_id)
    _staff_only(request, examination)
    form = DecisionForm(request.POST)
    return _carry_out(
        request, account, examination, waiting, "decision", form,
        lambda detention: detention.decide(
            form.cleaned_data["outcome"], form.cleaned_data["outcome_date"], by=request.user
        ),
    )  # fmt: skip


@require_POST
@allow(Person.Role.MANAGER, Person.Role.HEADQUARTERS)
@of_account(kind="examinations")
def item_answer(request: HttpRequest, account: Account, examination_id: int, item_id: int) -> HttpResponse:
    """Accept what was sent, send it back with a reason, or say that it is not needed any more."""
    examination, waiting = _waiting(request, account, examination_id)
    _staff_only(request, examination)
    item, form = _item(waiting, item_id), AnswerForm(request.POST)

    def answer(detention: Detention) -> None:
        verb: dict[str, Callable[[], None]] = {
            "accept": lambda: item.accept(by=request.user),
            "back": lambda: item.send_back(form.cleaned_data["because"], by=request.user),
            "drop": lambda: item.drop(by=request.user),
        }
        verb[form.cleaned_data["answer"]]()

    return _carry_out(request, account, examination, waiting, "answer", form, answer, item)


@takes_a_file
@require_POST
@allow(Person.Role.MEMBER)
@of_account(kind="examinations")
def item_send(request: HttpRequest, account: Account, examination_id: int, item_id: int) -> HttpResponse:
    """Send a file against an item."""
    examination, waiting = _waiting(request, account, examination_id)
    if not may_send(request, examination):
        raise Http404
    item, form = _item(waiting, item_id), FileForm(request)

    def send(detention: Detention) -> None:
        file = form.cleaned_data["file"]
        try:
            item.send(file, file.name, by=request.user)
        except Refused as error:
            raise ValidationError({"file": str(error)}) from error

    return _carry_out(request, account, examination, waiting, "sent", form, send, item)


def _carry_out(
    request: HttpRequest,
    account: Account,
    examination: Examination,
    waiting: Waiting,
    name: str,
    form: forms.Form,
    verb: Callable[[Detention], object],
    item: DetentionItem | None = None,
) -> HttpResponse:
    """Do what a form asks and go back to the page; else show the page with the form and what is wrong with it."""
    if waiting.detention is None:
        raise Http404
    if form.is_valid():
        try:
            verb(waiting.detention)
            if name in ("ask", "sent"):
                tell_of_detentions.delay_on_commit()
        except ValidationError as error:
            put_errors(form, error)
        else:
            return redirect(f"{request.account_base}/examinations/{examination.pk}/detention/")
    _, stored = _waiting(request, account, examination.pk)
    refused = " ".join(text for texts in form.errors.values() for text in texts)
    more = {name: form, "refused": refused, "wrong_item": item.pk if item else None}
    return _page(request, account, examination, stored, **more)


def _item(waiting: Waiting, item_id: int) -> DetentionItem:
    item = next((one for one in waiting.items if one.pk == item_id), None)
    if item is None:
        raise Http404
    return item


def _staff_only(request: HttpRequest, examination: Examination) -> None:
    if not is_staff(request, examination):
        raise Http404
