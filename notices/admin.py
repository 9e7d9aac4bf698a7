import contextlib
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from accounts.admin import Office
from accounts.models import Account
from notices import audience
from notices.models import Notice


class NoticeForm(forms.ModelForm):
    account_kinds = forms.MultipleChoiceField(
        label="For importers, brokers",
        choices=Account.Kind,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None chosen means both.",
    )


@admin.register(Notice)
class NoticeAdmin(Office):
    """Notices are written here as drafts; publishing shows first whom it will tell."""

    form = NoticeForm
    list_display = ["title", "kind", "number", "state", "effective_date", "published_at", "publishing"]
    list_filter = ["state", "kind"]
    search_fields = ["title", "number", "body"]
    autocomplete_fields = ["accounts"]
    filter_horizontal = ["centers"]
    readonly_fields = ["state", "author", "published_at", "published_by", "publishing"]
    fieldsets = [
        (None, {"fields": ["kind", "number", "title", "body", "to_do", "effective_date", "source_url"]}),
        ("For whom", {"fields": ["account_kinds", "centers", "accounts"]}),
        ("State", {"fields": ["state", "author", "published_at", "published_by", "publishing"]}),
    ]

    @admin.display(description="Next step")
    def publishing(self, notice: Notice) -> str:
        if not notice.pk or notice._state.adding:
            return "Save the draft first."
        if notice.state == Notice.State.DRAFT:
            return format_html('<a href="{}">See whom it tells, and publish</a>', self._page(notice, "publish"))
        if notice.state == Notice.State.PUBLISHED:
            return format_html('<a href="{}">Retract</a>', self._page(notice, "retract"))
        return f"Retracted on {notice.retracted_at:%m/%d/%Y}" if notice.retracted_at else "Retracted"

    def _page(self, notice: Notice, verb: str) -> str:
        return reverse(f"admin:notices_notice_{verb}", args=[notice.pk])

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.state == Notice.State.DRAFT)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.state == Notice.State.DRAFT)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Whoever saves holds the draft: it cannot be published in between and then become a draft again."""
        if request.method == "POST":
            with contextlib.suppress(ValidationError, ValueError):
                Notice.objects.select_for_update().filter(pk=object_id).first()
        return super().get_object(request, object_id, from_field)

    def save_model(self, request: HttpRequest, obj: Notice, form: Any, change: bool) -> None:
        if not change:
            obj.author = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<uuid:notice_id>/{verb}/",
                self.admin_site.admin_view(self._step),
                {"verb": verb},
                name=f"notices_notice_{verb}",
            )
            for verb in ("publish", "retract")
        ]
        return own + super().get_urls()

    def _step(self, request: HttpRequest, notice_id: Any, verb: str) -> HttpResponse:
        """Show what a step will do; only its POST does it."""
        notice = Notice.objects.filter(pk=notice_id).first()
        if notice is None:
            raise Http404
        if request.method == "POST":
            try:
                count = getattr(notice, verb)(by=request.user)
            except ValidationError as error:
                self.message_user(request, error.messages[0], messages.ERROR)
            else:
                told = (
                    f"Published; {count} people are told."
                    if verb == "publish"
                    else f"Retracted; {count} mails stopped."
                )
                self.message_user(request, told)
            return redirect("admin:notices_notice_changelist")
        people = [row for rows in audience.people_of(notice) for row in rows]
        context = self.admin_site.each_context(request) | {
            "title": f"{verb.capitalize()}: {notice.title}",
            "notice": notice,
            "verb": verb,
            "accounts": audience.accounts_of(notice).count(),
            "people": len({person for person, _ in people}),
            "opts": self.model._meta,
        }
        return TemplateResponse(request, "admin/notices/step.html", context)
