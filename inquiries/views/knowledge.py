"""The knowledge base: offered while a question is written, searched by everybody, kept by those who answer."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.current import of_account
from accounts.guards import allow
from accounts.models import Account, Person
from inquiries.authorities import NAMED
from inquiries.knowledge.asker import names_in
from inquiries.knowledge.searching import knowledge_like, threads_like, words_of
from inquiries.knowledge.stripping import stripped
from inquiries.models import Category, Inquiry, KnowledgeEntry, Message
from inquiries.models.knowledge import ANSWER, BECAUSE, QUESTION
from inquiries.views.inquiry_of import also_below_accounts, of_inquiry
from look.forms import put_errors
from look.paging import CappedPaginator
from notices.models import Notice

STAFF = (Person.Role.MANAGER, Person.Role.EXPERT, Person.Role.HEADQUARTERS)
OFFERED, PAGE, READ = 3, 20, 300


class EntryForm(forms.Form):
    """A question and its answer, for everybody."""

    question = forms.CharField(
        max_length=QUESTION,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write the question."},
    )
    answer = forms.CharField(
        max_length=ANSWER, widget=forms.Textarea(attrs={"rows": 12}), error_messages={"required": "Write the answer."}
    )
    heading = forms.CharField(
        label="HTS number, or its beginning",
        required=False,
        max_length=13,
        help_text="4, 6, 8 or 10 digits; none: of no article",
    )


class SearchForm(forms.Form):
    """What to look for."""

    q = forms.CharField(label="Words, or an HTS number", required=False, max_length=200)
    category = forms.ModelChoiceField(
        label="About", queryset=Category.objects.none(), required=False, empty_label="All"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = Category.objects.all()


def notices_like(text: str, heading: str, person: Person) -> list[Notice]:
    """Notices that were told to this person and still hold, about the article or with two of the words."""
    words = words_of(text)
    rows = Notice.objects.read_by(person)
    fits = Q(pk__in=[])
    if heading:
        fits |= Q(hts_prefixes__overlap=[heading[:length] for length in (2, 4, 6, 8, 10) if len(heading) >= length])
    if words:
        fits |= Q(pk__in=_notices_of_words(rows, words.pairs))
    return list(rows.filter(fits).order_by("-published_at")[:OFFERED])


def _notices_of_words(rows: Any, pairs: str) -> list[Any]:
    found = rows.extra(where=["notices_notice.search @@ to_tsquery('english', %s)"], params=[pairs])
    return list(found.values_list("pk", flat=True)[:50])


@require_safe
@allow(Person.Role.MEMBER)
@of_account
def alike(request: HttpRequest, account: Account) -> HttpResponse:
    """What was answered already, and which notices apply, while a question is typed: a part of the page that asks."""
    if account.pk not in request.reach.own:  # type: ignore[attr-defined]
        raise Http404
    text = f"{request.GET.get('subject', '')} {request.GET.get('text', '')[-READ:]}".replace("\0", "").strip()[
        : 2 * READ
    ]
    heading = "".join(digit for digit in request.GET.get("heading", "")[:20] if digit.isdigit() and digit.isascii())
    context = {
        "known": knowledge_like(text, request.user, OFFERED),
        "threads": threads_like(text, request.user, OFFERED),
        "notices": notices_like(text, heading, request.user),
        "asked": bool(text or heading),
    }
    return render(request, "inquiries/knowledge/offered.html", context)


@require_safe
@allow()
@also_below_accounts
def knowledge_list(request: HttpRequest) -> HttpResponse:
    """What was answered, for everybody; drafts first for those who work for CBP."""
    form = SearchForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = KnowledgeEntry.objects.visible_to(request.user).select_related("category", "notice", "doubted_by")  # type: ignore[attr-defined]
    words, found = asked.get("q", "").replace("\0", "").strip(), None
    entries = rows.published()
    digits = words.replace(".", "")
    if digits.isdecimal() and digits.isascii():
        entries = entries.filter(heading__startswith=digits[:4])
    elif words:
        found = knowledge_like(f"{words} ", request.user, PAGE)
        entries = entries.filter(pk__in=[one.pk for one in found])
    if asked.get("category"):
        entries = entries.filter(category=asked["category"])
    context = {
        "form": form,
        "page": CappedPaginator(entries, PAGE).get_page(request.GET.get("page")),
        "words": words,
        "drafts": list(rows.filter(state=KnowledgeEntry.State.DRAFT)[:PAGE]) if request.user.is_government else [],
        "doubted": list(rows.published().exclude(doubted_on=None)[:PAGE]) if request.user.is_government else [],
    }
    return render(request, "inquiries/knowledge/list.html", context)


def _entry(request: HttpRequest, entry_id: int) -> KnowledgeEntry:
    rows = KnowledgeEntry.objects.visible_to(request.user).filter(pk=entry_id)  # type: ignore[attr-defined]
    found: KnowledgeEntry | None = rows.select_related("category", "notice", "doubted_by", "written_by").first()
    if found is None:
        raise Http404
    return found


@require_GET
@allow()
@also_below_accounts
def knowledge_page(request: HttpRequest, entry_id: int) -> HttpResponse:
    """One entry; for those who work for CBP with what can be done about it."""
    return _shown(request, _entry(request, entry_id))


def _shown(
    request: HttpRequest, entry: KnowledgeEntry, form: EntryForm | None = None, status: int = 200
) -> HttpResponse:
    draft = entry.state == KnowledgeEntry.State.DRAFT
    held = {name: getattr(entry, name) for name in ("question", "answer", "heading")}
    staff = request.user.is_government
    context = {
        "entry": entry,
        "draft": draft,
        "staff": staff,
        "mine": entry.written_by_id == request.user.pk,
        "form": form or (EntryForm(initial=held) if staff and draft else None),
        "most": BECAUSE,
    }
    return render(request, "inquiries/knowledge/one.html", context, status=status)


@require_POST
@allow(*STAFF)
@also_below_accounts
def change_entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Write a draft anew, publish it, say that it still holds, or withdraw it."""
    entry, do, today = _entry(request, entry_id), request.POST.get("do"), timezone.localdate()
    form = EntryForm(request.POST) if do == "change" else None
    try:
        if form is not None:
            if not form.is_valid():
                return _shown(request, entry, form, 400)
            entry.change(**form.cleaned_data, by=request.user)
        elif do == "publish":
            entry.publish(by=request.user, on=today, wording=request.POST.get("wording", ""))
        elif do == "confirm":
            entry.confirm(by=request.user, on=today)
        elif do == "withdraw":
            entry.withdraw(by=request.user, because=request.POST.get("because", ""))
        else:
            raise Http404
    except ValidationError as error:
        if form is not None:
            put_errors(form, error)
            return _shown(request, entry, form, 400)
        messages.error(request, error.messages[0])
    else:
        messages.success(request, DONE[do])
    return redirect(f"/inquiries/knowledge/{entry.pk}/")


DONE = {
    "change": "Saved. Somebody else publishes it.",
    "publish": "Published: everybody who asks something alike is offered it.",
    "confirm": "Noted: it still holds.",
    "withdraw": "Withdrawn.",
}


@allow(*STAFF)
@of_inquiry
def propose(request: HttpRequest, inquiry: Inquiry) -> HttpResponse:
    """Propose the last answer of an inquiry for everybody, without what tells who asked."""
    answers = inquiry.messages.filter(kind=Message.Kind.ANSWER, authority_kind__in=NAMED).select_related("notice")
    message = answers.order_by("-pk").first()
    if message is None or not inquiry.is_worked_by(request.user):
        raise Http404
    message.inquiry = inquiry
    if request.method == "POST":
        form = EntryForm(request.POST)
        if form.is_valid():
            try:
                made = KnowledgeEntry.propose(message, **form.cleaned_data, by=request.user)
            except ValidationError as error:
                put_errors(form, error)
            else:
                messages.success(request, "Proposed. Somebody else looks at it and publishes it.")
                return redirect(f"/inquiries/knowledge/{made.pk}/")
    else:
        asked = inquiry.messages.filter(kind=Message.Kind.QUESTION).values_list("text", flat=True).first() or ""
        names = names_in(f"{inquiry.subject}\n{asked}\n{message.text}", inquiry=inquiry.pk)
        form = EntryForm(
            initial={
                "question": stripped(f"{inquiry.subject}\n\n{asked}", names)[:QUESTION],
                "answer": stripped(message.text, names)[:ANSWER],
                "heading": inquiry.heading,
            }
        )
    context = {"inquiry": inquiry, "message": message, "form": form}
    return render(request, "inquiries/knowledge/propose.html", context, status=400 if form.errors else 200)
