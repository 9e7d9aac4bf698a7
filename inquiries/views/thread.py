"""One inquiry: its thread, and everything that is done to it."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.guards import allow
from accounts.models import Person
from documents.models import Document
from documents.uploading import takes_a_file
from documents.views import as_download
from inquiries.attached import address_of, is_of, named, row_named
from inquiries.filling import figures_of
from inquiries.forms import AnswerForm, BringInForm, NoteForm, ReplyForm, TemplateForm, answer_of_rulings
from inquiries.models import Inquiry, Message, Overtaken, PrivateNote, State
from inquiries.placeholders import filled
from inquiries.promises.shown import promise_of
from inquiries.reading import ThreadPage, thread_page
from inquiries.reasons import why_chosen
from inquiries.tasks import route_inquiries, tell_of_inquiries
from inquiries.verbs import WITHDRAWN
from inquiries.views.inquiry_of import of_inquiry
from look.forms import put_errors

STAFF = (Person.Role.MANAGER, Person.Role.HEADQUARTERS)


def _last(inquiry: Inquiry) -> int | None:
    found: int | None = inquiry.messages.order_by("pk").values_list("pk", flat=True).last()
    return found


def _seen(thread: ThreadPage, inquiry: Inquiry) -> int | None:
    """The last message that stands on this page; on an earlier page none that came after it was seen."""
    shown = [row["one"].pk for row in thread.rows if row["what"] == "message"]
    return max(shown) if shown else 0 if thread.later else _last(inquiry)


def _page(request: HttpRequest, inquiry: Inquiry, status: int = 200, **forms: Any) -> HttpResponse:
    """The page with its forms; one that was refused comes back as it was sent."""
    person, reach = request.user, request.reach  # type: ignore[attr-defined]
    staff = person.is_government
    answers = reach.sees_law_enforcement_data(inquiry.account_id)
    thread = thread_page(inquiry, person, before=request.GET.get("before", ""), at=request.GET.get("at", ""))
    context = {
        "inquiry": inquiry,
        "thread": thread,
        "promise": promise_of(inquiry, timezone.now()),
        "staff": staff,
        "answers": answers,
        "about_link": _about_link(inquiry, staff, answers),
        "mine": inquiry.account_id in reach.own,
        "refused": WITHDRAWN if inquiry.has_left and inquiry.state in (State.ANSWERED, State.CLOSED) else "",
        "reply_form": ReplyForm(request, bound=False),
    }
    if staff:
        context["why_chosen"] = why_chosen(inquiry, person)
        involved = inquiry.involved.visible_to(person).filter(until=None).select_related("expert", "group")
        routed = inquiry.routings.visible_to(person).select_related("by", "group").order_by("-at", "-pk")
        context |= {"involved": list(involved), "routed": routed.first(), "note_form": NoteForm(prefix="note")}
    if answers:
        begun, template_form = _begun(request, inquiry)
        context |= {
            "answer_form": AnswerForm(
                request, bound=False, needs_outcome=inquiry.category.of_results,
                initial=answer_of_rulings(inquiry) | {"seen": _seen(thread, inquiry)} | ({"text": begun} if begun else {}),
            ),
            "template_form": template_form,
            "bring_form": BringInForm(prefix="bring"),
            "contact_link": _contact_link(inquiry, person),
        }  # fmt: skip
    return render(request, "inquiries/one.html", context | forms, status=status)


def _about_link(inquiry: Inquiry, staff: bool, answers: bool) -> str:
    """Where the attached row stands; empty for an expert, who reads its facts alone."""
    if staff and not answers:
        return ""
    return address_of(inquiry.about_path, f"/accounts/{inquiry.account_id}" if staff else "")


def _contact_link(inquiry: Inquiry, person: Person) -> str:
    """Where staff note a contact about the row that the inquiry is about; about none where it has none, or the row went to
    another account since, with its number."""
    address = f"/accounts/{inquiry.account_id}/contacts/"
    model = ContentType.objects.get_for_id(inquiry.about_type_id).model_class() if inquiry.about_type_id else None
    about = named(model, inquiry.about_id)
    row = row_named(about, person)
    return f"{address}?{urlencode({'about': about})}" if row and is_of(row, inquiry.account) else address


def _begun(request: HttpRequest, inquiry: Inquiry) -> tuple[str, TemplateForm]:
    """What the answer begins with: an expert's proposal or a template with the account's figures, where one was chosen."""
    proposal = request.GET.get("proposal", "")
    if proposal.isdecimal() and len(proposal) < 19:
        notes = inquiry.private_notes.visible_to(request.user).filter(pk=int(proposal), kind=PrivateNote.Kind.PROPOSAL)
        return notes.values_list("text", flat=True).first() or "", TemplateForm(None, category=inquiry.category)
    form = TemplateForm(request.GET if "template" in request.GET else None, category=inquiry.category)
    if form.is_bound and form.is_valid():
        return filled(form.cleaned_data["template"].text, figures_of(inquiry, request.user)), form
    return "", form


@require_GET
@allow()
@of_inquiry
def inquiry_page(request: HttpRequest, inquiry: Inquiry) -> HttpResponse:
    """What was asked and answered, and what can be done."""
    return _page(request, inquiry)


def _back(request: HttpRequest, inquiry: Inquiry) -> HttpResponse:
    tell_of_inquiries.delay_on_commit()
    return redirect(f"{request.account_base}/inquiries/{inquiry.pk}/")  # type: ignore[attr-defined]


@takes_a_file
@require_POST
@allow(Person.Role.MEMBER)
@of_inquiry
def reply(request: HttpRequest, inquiry: Inquiry) -> HttpResponse:
    """The account writes."""
    form = ReplyForm(request)
    if form.is_valid():
        try:
            inquiry.reply(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, "Sent. Your account manager is told.")
            return _back(request, inquiry)
    return _page(request, inquiry, 400, reply_form=form)


@takes_a_file
@require_POST
@allow(*STAFF)
@of_inquiry
def answer(request: HttpRequest, inquiry: Inquiry) -> HttpResponse:
    """CBP answers, or asks back: which of the two buttons was pressed says so."""
    form = AnswerForm(request, needs_outcome=inquiry.category.of_results)
    back = request.POST.get("do") == "ask_back"
    if form.is_valid():
        given = form.cleaned_data
        try:
            if back:
                inquiry.ask_back(by=request.user, text=given["text"], seen=given["seen"], documents=given["documents"])
            else:
                inquiry.answer(by=request.user, **given)
        except Overtaken as error:
            # What was typed stays; sent once more, it has seen what came meanwhile.
            form.data = form.data.copy()
            form.data["answer-seen"] = str(_last(inquiry) or "")
            put_errors(form, error)
        except ValidationError as error:
            put_errors(form, error)
        else:
            sent = "Your question back" if back else "Your answer"
            messages.success(request, f"{sent} is sent to {inquiry.account.name}.")
            return _back(request, inquiry)
    return _page(request, inquiry, 400, answer_form=form)


@require_POST
@allow(*STAFF, Person.Role.EXPERT)
@of_inquiry
def note(request: HttpRequest, inquiry: Inquiry) -> HttpResponse:
    """What no account ever reads."""
    form = NoteForm(request.POST, prefix="note")
    if form.is_valid():
        try:
            inquiry.note(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, "Kept for staff. The account never sees it.")
            return _back(request, inquiry)
    return _page(request, inquiry, 400, note_form=form)


@require_POST
@allow(*STAFF)
@of_inquiry
def bring_in(request: HttpRequest, inquiry: Inquiry) -> HttpResponse:
    """An expert is brought in."""
    form = BringInForm(request.POST, prefix="bring")
    if form.is_valid():
        group, expert = form.cleaned_data["whom"]
        try:
            inquiry.bring_in(by=request.user, group=group, expert=expert, because=form.cleaned_data["because"])
        except ValidationError as error:
            put_errors(form, error)
        else:
            route_inquiries.delay_on_commit()
            messages.success(
                request,
                f"{expert} sees it now."
                if expert
                else f"It goes to whoever of {group} is there with the least open work.",
            )
            return _back(request, inquiry)
    return _page(request, inquiry, 400, bring_form=form)


@require_POST
@allow(*STAFF, Person.Role.EXPERT)
@of_inquiry
def release(request: HttpRequest, inquiry: Inquiry, person_id: uuid.UUID) -> HttpResponse:
    """An expert is done here; oneself, or whom the manager lets go."""
    found = (
        inquiry.involved.visible_to(request.user).filter(expert=person_id, until=None).select_related("expert").first()
    )
    if found is None:
        raise Http404
    inquiry.release(found.expert, by=request.user)
    if request.user.pk == person_id:
        messages.success(request, "You are done with this inquiry.")
        return redirect("today")
    return _back(request, inquiry)


@require_POST
@allow(*STAFF, Person.Role.MEMBER)
@of_inquiry
def close(request: HttpRequest, inquiry: Inquiry) -> HttpResponse:
    try:
        inquiry.close(by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return _back(request, inquiry)


@require_POST
@allow(*STAFF, Person.Role.MEMBER)
@of_inquiry
def reopen(request: HttpRequest, inquiry: Inquiry) -> HttpResponse:
    try:
        inquiry.reopen(by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return _back(request, inquiry)


@require_GET
@allow()
@of_inquiry
def inquiry_file(request: HttpRequest, inquiry: Inquiry, document_id: uuid.UUID) -> HttpResponse:
    """A file of the thread, for everybody who may read the thread, experts among them."""
    ids = inquiry.messages.visible_to(request.user).values_list("pk", flat=True)
    document = Document.objects.current().of_many(Message, list(ids)).filter(pk=document_id).first()  # type: ignore[attr-defined]
    if document is None:
        raise Http404
    return as_download(document, request.user)
