"""Headquarters' room: notices are written here, looked at before they go out, and moved on by a second person."""

import contextlib
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.admin import Office
from documents.kinds import Refused
from documents.uploading import FileForm, takes_a_file
from notices import previewing
from notices.forms import NoticeForm
from notices.models import LeadTime, Notice, Step
from notices.moving import MOVES, moves_of

CODES = ["hts_prefixes", "excluded_hts_prefixes", "countries", "ports", "manufacturers", "spi_codes", "adcvd_cases"]


@admin.register(Notice)
class NoticeAdmin(Office):
    """Notices are written here as drafts; each step shows first what it will do."""

    form = NoticeForm
    list_display = [
        "title",
        "kind",
        "number",
        "subject",
        "state",
        "effective_date",
        "publish_at",
        "published_at",
        "publishing",
    ]
    list_filter = ["state", "subject", "kind"]
    search_fields = ["title", "number", "body"]
    autocomplete_fields = ["accounts"]
    filter_horizontal = ["centers"]
    readonly_fields = ["state", "replacing", "author", "edited_by", "publish_at", "published_at", "published_by"]
    readonly_fields += ["publishing", "history"]
    fieldsets = [
        (None, {"fields": ["publishing", "kind", "number", "subject", "title", "body", "to_do", "whom_to_ask", "source_url"]}),
        ("Days", {"fields": ["effective_date", "respond_by", "comments_due", "stop_date", "late_reason", "outside_control"]}),
        ("For whom: accounts", {"fields": ["account_kinds", "programs", "centers", "accounts"]}),
        (
            "For whom: what they really traded in the last twelve months",
            {
                "fields": ["issues", *CODES, "entry_types"],
                "description": "One and the same shipment must meet all that is asked; what is empty asks for nothing.",
            },
        ),
        (
            "Change of duty",
            {
                "fields": ["duty_kind", "rate_change", "chapter_99", "exempt_hts_prefixes", "exempt_spi_codes", "last_entry_date", "in_transit"],
                "description": "Of the goods and countries above, for entries from the effective date on. Its cost is told"
                " where no port, manufacturer, claim, case, type of entry or issue narrows it: the sums do not know these.",
            },
        ),
        ("State", {"fields": ["state", "replacing", "author", "edited_by", "publish_at", "published_at", "published_by", "history"]}),
    ]  # fmt: skip

    @admin.display(description="Next step")
    def publishing(self, notice: Notice) -> str | SafeString:
        if not notice.pk or notice._state.adding:
            return "Save the draft first."
        links = [(self._page(notice, "preview"), "See whom it tells")]
        if notice.can_be_edited:
            links.append((self._page(notice, "attach"), "Attach files"))
        links += [(self._page(notice, move.name), move.label) for move in moves_of(notice)]
        return format_html_join(" · ", '<a href="{}">{}</a>', links)

    @admin.display(description="Takes the place of")
    def replacing(self, notice: Notice) -> str:
        old = notice.replaces
        return f"{notice.get_replaces_how_display()}: {old.get_kind_display()} {old.number}" if old else "–"

    @admin.display(description="History")
    def history(self, notice: Notice) -> str | SafeString:
        steps = notice.steps.select_related("by") if notice.pk and not notice._state.adding else []
        rows = [
            (one.get_what_display(), one.by or "the scheduler", f"{timezone.localtime(one.at):%m/%d/%Y}", one.words)
            for one in steps
        ]
        return format_html_join("", "<div>{} by {} on {} {}</div>", rows) or "–"

    def _page(self, notice: Notice, verb: str) -> str:
        return reverse(f"admin:notices_notice_{verb}", args=[notice.pk])

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.can_be_edited)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.can_be_edited)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Whoever saves holds the draft: it cannot be published in between and then become a draft again."""
        if request.method == "POST":
            with contextlib.suppress(ValidationError, ValueError):
                Notice.objects.select_for_update(of=("self",)).filter(pk=object_id).first()
        return super().get_object(request, object_id, from_field)

    def save_model(self, request: HttpRequest, obj: Notice, form: Any, change: bool) -> None:
        if change:
            obj.count_change(by=request.user)  # type: ignore[arg-type]
        else:
            obj.author = obj.edited_by = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)
        obj.note(Step.What.CHANGED if change else Step.What.WRITTEN, request.user)  # type: ignore[arg-type]

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("<uuid:notice_id>/preview/", self.admin_site.admin_view(self._preview), name="notices_notice_preview")
        ]
        own += [
            path(
                "<uuid:notice_id>/attach/",
                takes_a_file(self.admin_site.admin_view(self._attach)),
                name="notices_notice_attach",
            )
        ]
        own += [
            path(
                f"<uuid:notice_id>/{name}/",
                self.admin_site.admin_view(self._step),
                {"verb": name},
                name=f"notices_notice_{name}",
            )
            for name in MOVES
        ]
        return own + super().get_urls()

    def _notice(self, notice_id: Any) -> Notice:
        notice = Notice.objects.filter(pk=notice_id).first()
        if notice is None:
            raise Http404
        return notice

    def _show(self, request: HttpRequest, notice: Notice, title: str, **more: Any) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": title,
            "notice": notice,
            "moves": [{"label": move.label, "address": self._page(notice, move.name)} for move in moves_of(notice)],
            "shown": previewing.of(notice),
            "papers": notice.attachments(request.user),  # type: ignore[arg-type]
            "opts": self.model._meta,
        }
        return TemplateResponse(request, "admin/notices/step.html", context | more)

    def _preview(self, request: HttpRequest, notice_id: Any) -> HttpResponse:
        notice = self._notice(notice_id)
        return self._show(request, notice, f"Preview: {notice.title}")

    def _attach(self, request: HttpRequest, notice_id: Any) -> HttpResponse:
        """Attach a file to a draft; whoever may read the notice may fetch it."""
        notice = self._notice(notice_id)
        form = FileForm(request)
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                notice.attach(file.file, file.name, by=request.user)  # type: ignore[arg-type]
            except Refused as error:
                form.add_error("file", str(error))
            except ValidationError as error:
                form.add_error("file", error)
            else:
                self.message_user(request, f"{file.name} is attached.")
                return redirect(self._page(notice, "attach"))
        context = self.admin_site.each_context(request) | {
            "title": f"Attachments: {notice.title}",
            "notice": notice,
            "form": form,
            "papers": notice.attachments(request.user),  # type: ignore[arg-type]
            "opts": self.model._meta,
        }
        return TemplateResponse(request, "admin/notices/attach.html", context)

    def _step(self, request: HttpRequest, notice_id: Any, verb: str) -> HttpResponse:
        """Show what a step will do; only its POST does it."""
        notice, move = self._notice(notice_id), MOVES[verb]
        form = move.form(request.POST if request.method == "POST" else None, initial={"version": notice.version})
        if request.method == "POST" and form.is_valid():
            try:
                with transaction.atomic():
                    said, goes_on = move.do(notice, request.user, form)
            except (ValidationError, IntegrityError) as error:
                words = error.messages[0] if isinstance(error, ValidationError) else "That number is taken."
                self.message_user(request, words, messages.ERROR)
                return redirect(self._page(notice, "preview"))
            self.message_user(request, said)
            return (
                redirect("admin:notices_notice_change", goes_on.pk)
                if goes_on
                else redirect("admin:notices_notice_changelist")
            )
        return self._show(request, notice, f"{move.label}: {notice.title}", verb=verb, move=move, form=form)


@admin.register(LeadTime)
class LeadTimeAdmin(Office):
    """What is promised instead of the project's defaults; what was published keeps what was promised then."""

    list_display = ["subject", "days"]
