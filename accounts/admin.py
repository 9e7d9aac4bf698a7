"""Headquarters' room: accounts, people, assignments, absence and delegations. Changes go through the models' verbs."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import (
    Account,
    Assignment,
    Center,
    Cover,
    Delegation,
    Enrollment,
    Identifier,
    Membership,
    Person,
)

admin.site.site_header = "Account Management: administration"
admin.site.site_title = "Administration"
admin.site.index_title = "Headquarters"
admin.site.enable_nav_sidebar = False
# What the portal does not use is not offered: roles take the place of groups, a person's one address stands with it.
admin.site.unregister([Group, EmailAddress])
# The admin's own sign-in page would go around the second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class ReadOnly(admin.ModelAdmin):
    """A table that the admin shows and does not change."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class IdentifierInline(admin.TabularInline):
    model = Identifier
    extra = 0
    fields = ["kind", "value"]
    readonly_fields = ["kind", "value"]
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["person"]


class EnrollmentInline(admin.TabularInline):
    model = Enrollment
    extra = 0


class AssignmentInline(admin.TabularInline):
    model = Assignment
    extra = 0
    autocomplete_fields = ["manager"]


@admin.register(Account)
class AccountAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "state", "center", "current_manager"]
    list_filter = ["state", "kind", "center"]
    search_fields = ["name", "identifiers__value"]
    list_per_page = 50
    show_full_result_count = False
    inlines = [IdentifierInline, EnrollmentInline, MembershipInline, AssignmentInline]
    readonly_fields = ["state", "created_at"]
    actions = ["activate", "withdraw"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        today = timezone.localdate()
        current = Assignment.objects.filter(Q(ends=None) | Q(ends__gt=today), starts__lte=today)
        return (
            super()
            .get_queryset(request)
            .select_related("center")
            .prefetch_related(Prefetch("assignments", current.select_related("manager"), to_attr="current"))
        )

    @admin.display(description="Manager today")
    def current_manager(self, account: Account) -> str:
        return ", ".join(one.manager.name for one in account.current) or "nobody"  # type: ignore[attr-defined]

    @admin.action(description="Activate: take into the program")
    def activate(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        self._each(request, accounts, "activate", "taken into the program")

    @admin.action(description="Withdraw from the program")
    def withdraw(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        self._each(request, accounts, "withdraw", "withdrawn")

    def _each(self, request: HttpRequest, accounts: QuerySet[Account], verb: str, done: str) -> None:
        count = 0
        for account in accounts:
            try:
                getattr(account, verb)(by=request.user)
                count += 1
            except ValidationError as error:
                self.message_user(request, f"{account}: {error.messages[0]}", messages.WARNING)
        if count:
            self.message_user(request, f"{count} {'account' if count == 1 else 'accounts'} {done}.")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # an account is withdrawn; its rows and history stay


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin):
    list_display = ["name", "email", "role", "center", "is_active", "last_login"]
    list_filter = ["role", "is_active", "center"]
    search_fields = ["name", "email"]
    fields = ["name", "email", "role", "center", "is_active", "last_login"]
    readonly_fields = ["last_login"]
    list_per_page = 50
    show_full_result_count = False

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        obj.email = obj.email.lower()
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # access is closed; what somebody did stays theirs


class AssignmentForm(forms.ModelForm):
    """The assignment of today overlaps a new one until the account's verb ends it: only changes are held against it."""

    def validate_constraints(self) -> None:
        if self.instance.pk:
            super().validate_constraints()


@admin.register(Assignment)
class AssignmentAdmin(admin.ModelAdmin):
    form = AssignmentForm
    list_display = ["account", "manager", "starts", "ends"]
    list_filter = [("manager", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["account__name", "manager__name"]
    autocomplete_fields = ["account", "manager"]
    list_select_related = ["account", "manager"]
    list_per_page = 50
    show_full_result_count = False

    def save_model(self, request: HttpRequest, obj: Assignment, form: Any, change: bool) -> None:
        """A new assignment ends the one before it: the verb of the account does both."""
        if change:
            super().save_model(request, obj, form, change)
            return
        made = obj.account.assign(obj.manager, by=request.user, starts=obj.starts)
        if obj.ends:
            made.ends = obj.ends
            made.save()
        obj.pk = made.pk


@admin.register(Cover)
class CoverAdmin(admin.ModelAdmin):
    list_display = ["absent", "covered_by", "starts", "ends"]
    autocomplete_fields = ["absent", "covered_by"]
    list_select_related = ["absent", "covered_by"]


@admin.register(Delegation)
class DelegationAdmin(ReadOnly):
    list_display = ["importer", "broker", "kinds", "power_of_attorney", "expires", "revoked_at"]
    list_select_related = ["importer", "broker"]


@admin.register(Center)
class CenterAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "city", "time_zone"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
