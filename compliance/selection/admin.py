"""The candidates of every round in headquarters' admin: the list, its filters, and the decisions about many at once."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.admin import Office, ReadOnly
from compliance.selection import ranking
from compliance.selection.models import Candidate, ChapterCenter, Round
from compliance.selection.pools import names
from look.formats import DASH, money, plural


class ReasonForm(ActionForm):
    reason = forms.CharField(max_length=300, required=False, label="Reason")


class ChapterCenterForm(forms.ModelForm):
    class Meta:
        model = ChapterCenter
        fields = ["chapter", "center", "starts"]

    def clean_starts(self) -> Any:
        """Said in the form; the verb asks once more."""
        if self.cleaned_data["starts"] < timezone.localdate():
            raise ValidationError("The day is past, and rounds of it are made: choose today or a later day.")
        return self.cleaned_data["starts"]


class PoolFilter(admin.SimpleListFilter):
    title = "Center"
    parameter_name = "pool"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(names().items())

    def queryset(self, request: HttpRequest, candidates: QuerySet[Candidate]) -> QuerySet[Candidate]:
        return candidates.filter(pool=self.value()) if self.value() else candidates


class RoundFilter(admin.SimpleListFilter):
    """One round at a time, the newest unless another is chosen: a list over all would mix their ranks."""

    title = "round"
    parameter_name = "round"
    SHOWN = 20

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        opened = Round.objects.visible_to(request.user).exclude(opened_at=None)[: self.SHOWN]
        return [(str(one.pk), str(one)) for one in opened]

    def queryset(self, request: HttpRequest, candidates: QuerySet[Candidate]) -> QuerySet[Candidate]:
        asked = self.value() or (self.lookup_choices[0][0] if self.lookup_choices else "0")
        return candidates.filter(round=int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 15 else 0)

    def choices(self, changelist: Any) -> Any:
        newest = self.lookup_choices[0][0] if self.lookup_choices else None
        for value, title in self.lookup_choices:
            yield {
                "selected": value == (self.value() or newest),
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }


@admin.register(Candidate)
class CandidateAdmin(ReadOnly):
    list_display = [
        *("rank", "name_and_page", "kind", "pool", "value_12", "duty_12", "score", "mark", "decided", "reason"),
    ]
    list_display_links = None
    list_filter = [RoundFilter, "mark", "decision", PoolFilter, "kind", "isa"]
    search_fields = ["name"]
    ordering = ["rank"]
    list_select_related = ["round"]
    action_form = ReasonForm
    actions = ["accept", "decline", "defer"]
    show_facets = admin.ShowFacets.NEVER  # each would count the whole round

    @admin.display(description="Candidate", ordering="name")
    def name_and_page(self, candidate: Candidate) -> str:
        address = reverse("selection-candidate", args=[candidate.round_id, candidate.pk])
        return format_html('<a href="{}">{}</a>', address, candidate.name)

    @admin.display(description="Value, 12 months", ordering="value12")
    def value_12(self, candidate: Candidate) -> str:
        return money(candidate.value12)

    @admin.display(description="Duty, 12 months", ordering="duty12")
    def duty_12(self, candidate: Candidate) -> str:
        return money(candidate.duty12)

    @admin.display(description="Decision")
    def decided(self, candidate: Candidate) -> str:
        return candidate.get_decision_display() if candidate.decision or candidate.is_to_decide else DASH

    @admin.action(description="Accept what is proposed (needs a reason)")
    def accept(self, request: HttpRequest, candidates: QuerySet[Candidate]) -> None:
        self._decide(request, candidates, ranking.ACCEPTED)

    @admin.action(description="Decline what is proposed (needs a reason)")
    def decline(self, request: HttpRequest, candidates: QuerySet[Candidate]) -> None:
        self._decide(request, candidates, ranking.DECLINED)

    @admin.action(description="Defer to the next round (needs a reason)")
    def defer(self, request: HttpRequest, candidates: QuerySet[Candidate]) -> None:
        self._decide(request, candidates, ranking.DEFERRED)

    def _decide(self, request: HttpRequest, candidates: QuerySet[Candidate], decision: str) -> None:
        first = candidates.order_by().select_related("round").first()
        if first is None:
            return
        try:
            many = first.round.decide(candidates, decision, request.POST.get("reason", ""), by=request.user)
        except ValidationError as refused:
            self.message_user(request, " ".join(refused.messages), messages.ERROR)
        else:
            self.message_user(request, f"{plural(many, 'candidate is', 'candidates are')} {decision}.")


@admin.register(ChapterCenter)
class ChapterCenterAdmin(Office):
    """What begins is added with its day; what was stays, for rounds of past days go by it."""

    form = ChapterCenterForm
    list_display = ["chapter", "center", "starts", "by"]
    list_filter = [("center", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["chapter"]
    list_select_related = ["center", "by"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ChapterCenter, form: Any, change: bool) -> None:
        made = ChapterCenter.begin(
            obj.chapter, obj.center, starts=obj.starts, by=request.user, today=timezone.localdate()
        )
        obj.pk = made.pk


@admin.register(Round)
class RoundAdmin(ReadOnly):
    list_display = ["__str__", "state", "model_version", "enter_from", "stay_from", "opened_by", "closed_by"]
    list_select_related = ["opened_by", "closed_by"]
    exclude = ["record"]
