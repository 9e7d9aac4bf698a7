"""Headquarters' room of inquiries: categories, targets, templates, experts and rules are edited, inquiries are shown."""

from django.contrib import admin

from accounts.admin import Office, ReadOnly
from inquiries.admin import rules  # noqa: F401  it registers itself
from inquiries.models import (
    Absence,
    AnswerTemplate,
    Category,
    Contact,
    ExpertGroup,
    FollowUp,
    GroupMember,
    InboundMail,
    Inquiry,
    KnowledgeEntry,
    Target,
)
from inquiries.placeholders import PLACEHOLDERS


@admin.register(Contact)
class ContactAdmin(ReadOnly):
    list_display = ["account", "kind", "on", "whom", "by"]
    list_filter = ["kind"]
    search_fields = ["account__name", "whom"]
    list_select_related = ["account", "by"]


@admin.register(FollowUp)
class FollowUpAdmin(ReadOnly):
    list_display = ["account", "what", "due", "done_on", "done_by"]
    search_fields = ["account__name", "what"]
    list_select_related = ["account", "done_by"]


@admin.register(Inquiry)
class InquiryAdmin(ReadOnly):
    """What is asked; it is answered on its page, not here."""

    list_display = ["number", "account", "subject", "category", "state", "due_at", "group"]
    list_filter = ["state", "category", "urgency", "group"]
    search_fields = ["subject", "account__name"]
    list_select_related = ["account", "category", "group"]
    date_hierarchy = "asked_at"


@admin.register(Category)
class CategoryAdmin(Office):
    """What inquiries can be about. One that was used is no longer offered, never removed."""

    list_display = ["name", "code", "place", "offered", "of_results", "before_import", "weight"]

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(Target)
class TargetAdmin(Office):
    list_display = ["category", "urgency", "hours"]
    list_select_related = ["category"]


@admin.register(AnswerTemplate)
class AnswerTemplateAdmin(Office):
    list_display = ["name", "category", "offered"]
    list_select_related = ["category"]

    def get_form(self, request: object, obj: object = None, change: bool = False, **kwargs: object) -> object:
        said = "; ".join(f"{{{name}}}: {words}" for name, words in PLACEHOLDERS.items())
        return super().get_form(request, obj, change, help_texts={"text": f"Filled in: {said}."}, **kwargs)


class GroupMemberInline(admin.TabularInline):
    model = GroupMember
    extra = 1


@admin.register(ExpertGroup)
class ExpertGroupAdmin(Office):
    list_display = ["name", "active"]
    inlines = [GroupMemberInline]

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(Absence)
class AbsenceAdmin(Office):
    list_display = ["expert", "starts", "ends"]
    list_select_related = ["expert"]


@admin.register(InboundMail)
class InboundMailAdmin(ReadOnly):
    """Mails that came in: landed in a thread, or refused and why. No sender is told; the person at their known address is."""

    list_display = ["received_at", "state", "reason", "detail", "sender", "verdict", "inquiry", "person", "via", "size"]
    list_filter = ["state", "reason", "verdict", "via"]
    search_fields = ["sender"]
    list_select_related = ["inquiry", "person"]
    date_hierarchy = "received_at"


@admin.register(KnowledgeEntry)
class KnowledgeEntryAdmin(ReadOnly):
    """Answers for everybody; written and published on their pages."""

    list_display = ["__str__", "category", "heading", "authority", "state", "answered_on", "doubted_on"]
    list_filter = ["state", "category"]
    search_fields = ["question", "heading", "authority"]
    list_select_related = ["category"]
