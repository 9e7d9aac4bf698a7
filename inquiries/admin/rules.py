"""Rules of routing in the admin: before a change is kept, it is tried on last year's inquiries."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.admin import Office
from accounts.models import Center
from inquiries.models import Category, Routing, Rule
from inquiries.routing.trying import try_change

SURE = "_tried"


class RuleForm(forms.ModelForm):
    categories = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    centers = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Rule
        fields = [
            *(
                "place",
                "name",
                "active",
                "group",
                "categories",
                "centers",
                "headings",
                "ports",
                "programs",
                "least_amount",
            )
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categories"].choices = [(one.pk, one.name) for one in Category.objects.all()]
        self.fields["centers"].choices = [(one.pk, str(one)) for one in Center.objects.all()]


@admin.register(Rule)
class RuleAdmin(Office):
    """The rules in their order. One that is not wanted any more is made inactive: past routings name it."""

    form = RuleForm
    list_display = ["place", "name", "group", "active", "changed_at"]
    list_display_links = ["name"]
    list_select_related = ["group"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show first what the change would do; the same form sent once more, from there, keeps it."""
        if request.method == "POST" and SURE not in request.POST and self.has_change_permission(request):
            rule = self.get_object(request, object_id) if object_id else None
            form = self.get_form(request, rule, change=rule is not None)(request.POST, instance=rule)
            if form.is_valid():
                return self._tried(request, form.save(commit=False))
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _tried(self, request: HttpRequest, rule: Rule) -> HttpResponse:
        sent = [
            (name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": f"What “{rule.name}” would do",
            "opts": self.opts,
            "tried": try_change(rule, timezone.now()),
            "sent": sent,
            "sure": SURE,
        }
        return TemplateResponse(request, "admin/inquiries/tried.html", context)


@admin.register(Routing)
class RoutingAdmin(Office):
    """Where inquiries went, by which rule, and why."""

    list_display = ["inquiry_id", "at", "rule", "group", "expert", "by", "reason"]
    list_filter = ["group"]
    list_select_related = ["rule", "group", "expert", "by"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
