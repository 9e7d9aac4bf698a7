"""What people write in: a question, a reply, an answer, a private note, whom to bring in."""

import re
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Account, Person
from accounts.people import members_of
from documents import kinds
from documents.uploading import was_too_large
from inquiries.authorities import ASK_FOR_A_RULING, CFR, HOW_TO_ASK, SAID
from inquiries.models import Absence, AnswerTemplate, Category, ExpertGroup, GroupMember, Inquiry, Urgency
from inquiries.models.inquiry import BECAUSE, SUBJECT, Outcome
from inquiries.models.thread import LONGEST, WHY, WRITTEN_DOWN
from notices.models import Notice

MOST_FILES = 10
NOT_CHOSEN = [("", "Choose")]
#: Outcomes that a person chooses; the last follows from where the answer was written.
GIVEN = [choice for choice in Outcome.choices if choice[0] != Outcome.AT_THE_ROW]


class Files(forms.FileInput):
    """Several files in one field."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Up to ten files; what is wrong with one itself, `Document.objects.keep` says."""

    def __init__(self, **kwargs: Any) -> None:
        widget = Files(attrs={"accept": kinds.ACCEPT})
        hint = f"Up to {MOST_FILES}: {kinds.TAKEN}; at most {kinds.LIMIT // kinds.MEGABYTE} MB each."
        super().__init__(label="Attach files", required=False, widget=widget, help_text=hint, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        sent = data if isinstance(data, list | tuple) else [data] if data else []
        if len(sent) > MOST_FILES:
            raise forms.ValidationError(f"Send at most {MOST_FILES} files at once.")
        return [one for one in sent if one]


class WithFiles(forms.Form):
    """A form that files may come with."""

    def __init__(self, request: HttpRequest, *, bound: bool = True, **kwargs: Any) -> None:
        self.request = request
        sent = (request.POST, request.FILES) if request.method == "POST" and bound else (None, None)
        super().__init__(*sent, **kwargs)

    def clean_documents(self) -> list[tuple[Any, str]]:
        if was_too_large(self.request):
            raise forms.ValidationError(kinds.TOO_LARGE)
        return [(file, file.name or "") for file in self.cleaned_data["documents"]]


def _text(label: str, rows: int = 6, **kwargs: Any) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows, "maxlength": LONGEST})
    return forms.CharField(label=label, max_length=LONGEST, widget=area, **kwargs)


class QuestionForm(WithFiles):
    """What an account asks."""

    category = forms.ModelChoiceField(
        label="What is it about?", queryset=Category.objects.none(), empty_label="Choose",
        error_messages={"required": "Choose what it is about."},
    )  # fmt: skip
    subject = forms.CharField(
        label="In a few words", max_length=SUBJECT, error_messages={"required": "Say in a few words what it is about."}
    )
    text = _text("Your question", error_messages={"required": "Write your question."})
    heading = forms.CharField(
        label="HTS number, if it is about one article", required=False, max_length=13, help_text="4 to 10 digits"
    )
    not_imported = forms.BooleanField(label="The goods are not imported yet", required=False)
    urgency = forms.ChoiceField(
        label="How soon do you need an answer?",
        choices=Urgency.choices,
        widget=forms.RadioSelect,
        initial=Urgency.USUAL,
    )
    urgent_because = forms.CharField(
        label="Why it cannot wait", required=False, max_length=BECAUSE, help_text="Needed for anything but “as usual”."
    )
    documents = FilesField()

    def __init__(self, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(request, **kwargs)
        self.fields["category"].queryset = Category.objects.filter(offered=True, of_results=False)

    def clean_heading(self) -> str:
        digits = self.cleaned_data["heading"].replace(".", "").replace(" ", "")
        if digits and not re.fullmatch(r"[0-9]{4,10}", digits):
            raise forms.ValidationError("This is no HTS number or beginning of one: write 4 to 10 digits.")
        return str(digits)


class WrittenDownForm(QuestionForm):
    """What an account asked otherwise, as who answers for it puts it down."""

    asker = forms.ModelChoiceField(
        label="Who asked?", queryset=Person.objects.none(), empty_label="Choose",
        error_messages={"required": "Choose who of the account asked."},
    )  # fmt: skip
    via = forms.ChoiceField(
        label="How?",
        choices=[(via.value, via.label) for via in WRITTEN_DOWN],
        error_messages={"required": "Choose how."},
    )

    def __init__(self, request: HttpRequest, *, account: Account, **kwargs: Any) -> None:
        super().__init__(request, **kwargs)
        people = Person.objects.filter(pk__in=members_of([account.pk]).values("person"))
        self.fields["asker"].queryset = people.order_by("name")
        self.fields["text"].label = "What was asked"
        self.fields["urgency"].label = "How soon is an answer needed?"


class ReplyForm(WithFiles):
    """What the account writes into its thread."""

    text = _text("Your message", error_messages={"required": "Write your message."})
    documents = FilesField()


class AnswerForm(WithFiles):
    """What CBP writes to the account."""

    text = _text("Answer", 12, error_messages={"required": "Write the answer."})
    authority_kind = forms.ChoiceField(
        label="It rests on", choices=NOT_CHOSEN + list(SAID), required=False, help_text="A question back needs none."
    )
    authority = forms.CharField(
        label="Number", required=False, max_length=60, help_text="Such as NY N301234, or 152.103(a)."
    )
    notice = forms.ModelChoiceField(label="Notice", queryset=Notice.objects.none(), required=False, empty_label="None")
    why_no_authority = forms.CharField(
        label="Why no authority is needed", required=False, max_length=WHY,
        help_text="Only where it tells facts, such as when goods were released. The account reads it.",
    )  # fmt: skip
    outcome = forms.ChoiceField(label="What came of it", choices=NOT_CHOSEN + GIVEN, required=False)
    documents = FilesField()
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, request: HttpRequest, *, needs_outcome: bool, **kwargs: Any) -> None:
        super().__init__(request, prefix="answer", **kwargs)
        published = Notice.objects.visible_to(request.user).filter(state=Notice.State.PUBLISHED)  # type: ignore[attr-defined]
        self.fields["notice"].queryset = published.order_by("-published_at")
        if not needs_outcome:
            del self.fields["outcome"]


def answer_of_rulings(inquiry: Inquiry) -> dict[str, str]:
    """What the form of an answer begins with, where the account has to ask for a ruling; else nothing."""
    if not inquiry.only_a_ruling_binds:
        return {}
    return {"text": ASK_FOR_A_RULING, "authority_kind": CFR, "authority": HOW_TO_ASK}


class NoteForm(forms.Form):
    """What no account ever reads."""

    kind = forms.ChoiceField(label="It is", choices=[("note", "A note"), ("proposal", "A proposed answer")])
    text = _text("Note", error_messages={"required": "Write the note."})


def _whom() -> list[tuple[str, Any]]:
    """Each group with whoever has the least open work, and its experts by name; two statements."""
    away = Absence.objects.on(timezone.localdate()).filter(expert=OuterRef("expert"))
    experts = GroupMember.objects.filter(expert__is_active=True, expert__role=Person.Role.EXPERT)
    members = experts.select_related("expert").annotate(away=Exists(away))
    groups = ExpertGroup.objects.filter(active=True).prefetch_related(Prefetch("members", members))
    return [
        *NOT_CHOSEN,
        *(
            (group.name, [
                (f"{group.pk}", f"{group.name}: the least open work"),
                *((f"{group.pk}:{one.expert_id}", f"{one.expert.name}, away today" if one.away else one.expert.name)
                  for one in group.members.all()),
            ])
            for group in groups
        ),
    ]  # fmt: skip


class BringInForm(forms.Form):
    """Whom to bring in: a group, whose expert with the least open work it becomes, or one of its experts."""

    whom = forms.ChoiceField(choices=_whom, error_messages={"required": "Choose a group or one of its experts."})
    because = forms.CharField(
        label="What they are to look at",
        max_length=BECAUSE,
        error_messages={"required": "Say what they are to look at."},
    )

    def clean_whom(self) -> tuple[ExpertGroup, Person | None]:
        """The group, and the expert where one was chosen: a choice that was offered, so both are there."""
        group, _, expert = self.cleaned_data["whom"].partition(":")
        return ExpertGroup.objects.get(pk=group), Person.objects.get(pk=expert) if expert else None


class TemplateForm(forms.Form):
    """Which template the answer begins with."""

    template = forms.ModelChoiceField(
        label="Begin with", queryset=AnswerTemplate.objects.none(), empty_label="An empty page"
    )

    def __init__(self, *args: Any, category: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = AnswerTemplate.objects.filter(offered=True)
        self.fields["template"].queryset = rows.filter(category=category) | rows.filter(category=None)
