"""Plans of measurement in headquarters' admin: read, with their history; what is done with them goes through their verbs."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from accounts.admin import ReadOnly
from accounts.models import Person
from compliance.measurement.models import CargoLook, ChapterGroups, MajorRules, MeasurementPlan, PlanWork, Stratum
from look.formats import DASH, percent, plural

Event: Any = MeasurementPlan.pgh_event_model


class OnlyShown(admin.TabularInline):
    """Rows that belong to a plan, to be read."""

    template = "measurement/admin_rows.html"
    extra = max_num = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_headquarters)


class StratumInline(OnlyShown):
    model = Stratum
    fields = readonly_fields = ["label", "population", "expected", "rate_from", "to_draw"]

    @admin.display(description="Expected rate")
    def expected(self, stratum: Stratum) -> str:
        return percent(stratum.expected_rate)


class WorkInline(OnlyShown):
    model = PlanWork
    fields = readonly_fields = ["verb", "state", "message", "by", "created_at", "finished_at", "attempts"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("by")


class HistoryInline(OnlyShown):
    """Every version of the plan's row, as a trigger of the database keeps it: when, by whom, by which verb."""

    model = Event
    fk_name = "pgh_obj"
    verbose_name_plural = "history"
    fields = readonly_fields = ["when", "verb", "who", "state", "lines", "starts", "ends"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        people = Person.objects.annotate(text=Cast("pk", CharField())).filter(text=OuterRef("by_id"))
        return (
            super()
            .get_queryset(request)
            .annotate(by_id=KeyTextTransform("by", "pgh_context"), verb_of=KeyTextTransform("verb", "pgh_context"))
            .annotate(by_name=Subquery(people.values("name")[:1]))
            .order_by("-pgh_id")
        )

    @admin.display(description="When")
    def when(self, event: Any) -> str:
        return date_format(timezone.localtime(event.pgh_created_at), "N j, Y, g:i a")

    @admin.display(description="What was done")
    def verb(self, event: Any) -> str:
        return (event.verb_of or event.pgh_label or "").replace("_", " ")

    @admin.display(description="By")
    def who(self, event: Any) -> str:
        return event.by_name or DASH


@admin.register(MeasurementPlan)
class MeasurementPlanAdmin(ReadOnly):
    list_display = ["name", "starts", "ends", "state", "groups", "lines", "frozen_on", "closed_on", "page"]
    list_select_related = ["groups"]
    list_filter = ["state", "group_by"]
    search_fields = ["name"]
    actions = ["count", "freeze", "close"]
    inlines = [StratumInline, WorkInline, HistoryInline]
    readonly_fields = [
        *("state", "groups", "made_by", "made_at", "frozen_by", "frozen_on", "drawn_with", "closed_by", "closed_on"),
    ]
    # The seed of a draft is nobody's business: who knew it could shape the strata until the draw pleases.
    exclude = ["seed"]

    @admin.display(description="Seed of the draw")
    def drawn_with(self, plan: MeasurementPlan) -> str:
        return plan.seed if plan.state != plan.State.DRAFT else DASH

    @admin.display(description="Result")
    def page(self, plan: MeasurementPlan) -> str:
        return format_html('<a href="{}">its page</a>', reverse("measurement-plan", args=[plan.pk]))

    @admin.action(description="Count the population again (a draft)")
    def count(self, request: HttpRequest, plans: QuerySet[MeasurementPlan]) -> None:
        self._each(request, plans, lambda plan: plan.rewrite(by=request.user), "being counted")

    @admin.action(description="Freeze: draw the lines, once and for all (a draft)")
    def freeze(self, request: HttpRequest, plans: QuerySet[MeasurementPlan]) -> None:
        self._each(request, plans, lambda plan: plan.ask_to_freeze(by=request.user), "being drawn")

    @admin.action(description="Close: what comes later changes nothing (one that is examined)")
    def close(self, request: HttpRequest, plans: QuerySet[MeasurementPlan]) -> None:
        self._each(request, plans, lambda plan: plan.close(by=request.user), "closed")

    def _each(
        self,
        request: HttpRequest,
        plans: QuerySet[MeasurementPlan],
        verb: Callable[[MeasurementPlan], Any],
        done: str,
    ) -> None:
        many = 0
        for plan in plans:
            try:
                verb(plan)
            except ValidationError as refused:
                self.message_user(request, f"{plan}: {' '.join(refused.messages)}", messages.ERROR)
            else:
                many += 1
        if many:
            self.message_user(request, f"{plural(many, 'plan is', 'plans are')} {done}.")


@admin.register(MajorRules)
class MajorRulesAdmin(ReadOnly):
    list_display = ["__str__", "since", "revenue_amount", "revenue_share", "value_amount", "value_share", "made_by"]
    list_select_related = ["made_by"]


@admin.register(ChapterGroups)
class ChapterGroupsAdmin(ReadOnly):
    """Written on the page of headquarters, where a set is checked; shown here as what is major is."""

    list_display = ["__str__", "since", "named_groups", "project_default", "made_by"]
    list_select_related = ["made_by"]
    fields = readonly_fields = ["number", "since", "named_groups", "project_default", "made_by", "made_at"]

    @admin.display(description="Groups")
    def named_groups(self, groups: ChapterGroups) -> str:
        return format_html_join(mark_safe("<br>"), "{}: {}", groups.rows)


@admin.register(CargoLook)
class CargoLookAdmin(ReadOnly):
    list_display = ["drawn", "reviewer", "because", "asked_by", "asked_at", "taken_back_by", "taken_back_at"]
    list_select_related = ["drawn", "asked_by", "taken_back_by"]
    search_fields = ["drawn__entry_number"]
