"""Question sets in headquarters' admin: drafted, edited while a draft, put in force. Changes go through the verbs."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin import Office, ReadOnly
from compliance.controls.models import Question, QuestionSet, SelfAssessment


class Questions(admin.TabularInline):
    model = Question
    extra = 0
    fields = ["position", "component", "code", "weight", "text", "evidence", "action"]

    def _open(self, request: HttpRequest, obj: QuestionSet | None) -> bool:
        return request.user.is_staff and (obj is None or obj.is_draft)

    has_add_permission = has_change_permission = has_delete_permission = (  # type: ignore[assignment]
        lambda self, request, obj=None: self._open(request, obj)
    )


@admin.register(QuestionSet)
class QuestionSetAdmin(Office):
    """A set that is in force, or was, only shows: what was answered under it must keep its questions."""

    list_display = ["__str__", "in_force_on", "drafted_on", "drafted_by", "weak_below"]
    fields = ["number", "level_points", "weak_below", "drafted_by", "drafted_on", "in_force_on", "put_in_force_by"]
    readonly_fields = ["number", "drafted_by", "drafted_on", "in_force_on", "put_in_force_by"]
    inlines = [Questions]
    actions = ["draft", "put_in_force"]
    list_select_related = ["drafted_by"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: QuestionSet | None = None) -> bool:
        return request.user.is_staff and (obj is None or obj.is_draft)

    def has_delete_permission(self, request: HttpRequest, obj: QuestionSet | None = None) -> bool:
        return False

    @admin.action(description="Draft a copy of the set in force")
    def draft(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        self._do(request, lambda: QuestionSet.draft(by=request.user, on=timezone.localdate()), "drafted: edit it")

    @admin.action(description="Put in force")
    def put_in_force(self, request: HttpRequest, chosen: QuerySet[Any]) -> None:
        one = chosen.first()
        if one is None or len(chosen) > 1:
            self.message_user(request, "Choose one draft.", messages.ERROR)
            return

        def put() -> QuestionSet:
            one.put_in_force(by=request.user, on=timezone.localdate())
            return one

        self._do(request, put, "in force: new self-assessments ask it")

    def _do(self, request: HttpRequest, verb: Any, said: str) -> None:
        try:
            made = verb()
        except ValidationError as error:
            self.message_user(request, error.messages[0], messages.ERROR)
        else:
            self.message_user(request, f"{made} is {said}.")


@admin.register(SelfAssessment)
class SelfAssessmentAdmin(ReadOnly):
    list_display = ["account", "year", "state", "stated", "reviewed", "question_set"]
    list_filter = ["year", "state"]
    search_fields = ["account__name"]
    list_select_related = ["account", "question_set"]
