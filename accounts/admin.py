"""Headquarters' room: accounts, people, assignments, absence and delegations. Changes go through the models' verbs."""

from functools import partial
from typing import Any

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone

from accounts import second_factor
from accounts.handing_over import running
from accounts.models import (
    Account,
    Assignment,
    Center,
    Cover,
    Delegation,
    Enrollment,
    Identifier,
    Invitation,
    Lapse,
    Membership,
    Person,
)
from accounts.models.membership import LAST_ADMINISTRATOR
from accounts.taking import take_page
from look.formats import plural
from look.paging import CappedPaginator

admin.site.site_header = "Account Management: administration"
admin.site.site_title = "Administration"
admin.site.index_title = "Headquarters"
admin.site.enable_nav_sidebar = False
# Headquarters' room holds the program's tables. What libraries bring stays out: secrets of second factors, addresses
# kept twice, permissions that nobody uses, a schedule that is written in portal/schedule.py.
LIBRARIES = ("auth", "account", "mfa", "django_celery_beat")
admin.site.unregister([model for model in list(admin.site._registry) if model._meta.app_label in LIBRARIES])
# The admin's own sign-in page would go around the second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class Office(admin.ModelAdmin):
    """How every table of the admin counts."""

    show_full_result_count = False
    paginator = CappedPaginator
    list_per_page = 50


class ReadOnly(Office):
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


class MembershipForm(forms.ModelForm):
    """Whose membership it is does not change: another person is another row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            field, person = self.fields["person"], self.instance.person
            # Without the search of `autocomplete_fields`, which reads the one who is chosen anew for each row.
            field.disabled, field.widget = True, forms.Select(choices=[(person.pk, str(person))])

    def clean(self) -> dict[str, Any]:
        person = self.cleaned_data.get("person")
        if person and not self.instance.pk:
            self.instance.account.check_member(person)
        return self.cleaned_data


class MembershipFormSet(forms.BaseInlineFormSet):
    """An account that has an administrator keeps one, whoever changes its people."""

    def clean(self) -> None:
        super().clean()
        kept = [form.cleaned_data for form in self.forms if form.is_valid() and form.cleaned_data.get("person")]
        had = any(form.initial.get("administrator") for form in self.initial_forms)
        if had and not any(one.get("administrator") and not one.get("DELETE") for one in kept):
            raise ValidationError(LAST_ADMINISTRATOR)


class MembershipInline(admin.TabularInline):
    """Who belongs to the account; taking the row out ends the membership."""

    model = Membership
    form = MembershipForm
    formset = MembershipFormSet
    extra = 0
    autocomplete_fields = ["person"]
    fields = ["person", "administrator"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).filter(ended_at=None).select_related("person", "account")


class EnrollmentInline(admin.TabularInline):
    model = Enrollment
    extra = 0


class AssignmentForm(forms.ModelForm):
    """The assignment of today overlaps a new one until the account's verb ends it: only changes are held against it."""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        account = given.get("account") or (self.instance.account if self.instance.account_id else None)
        manager, starts, ends = given.get("manager"), given.get("starts"), given.get("ends")
        if not self.instance.pk and account and manager and starts:
            account.check_assignment(manager, starts)
            if ends and ends <= starts:
                self.add_error("ends", "An assignment ends after it starts.")
        return given

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | (set() if self.instance.pk else {"account"})  # type: ignore[misc]


class AssignmentInline(admin.TabularInline):
    """Who answered when; a new row ends the assignment of today."""

    model = Assignment
    form = AssignmentForm
    extra = 0
    autocomplete_fields = ["manager"]
    can_delete = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assignment]:
        return super().get_queryset(request).select_related("manager", "account")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Account)
class AccountAdmin(Office):
    list_display = ["name", "kind", "state", "center", "current_manager"]
    list_filter = ["state", "kind", "center"]
    search_fields = ["name", "identifiers__value"]
    inlines = [IdentifierInline, EnrollmentInline, MembershipInline, AssignmentInline]
    readonly_fields = ["state", "created_at"]
    actions = ["activate", "withdraw"]

    def get_urls(self) -> list[URLPattern]:
        take = self.admin_site.admin_view(partial(take_page, self))
        return [path("<uuid:account_id>/take/", take, name="accounts_account_take"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        current = Assignment.objects.on(timezone.localdate())
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

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Assignments are made, memberships begun and ended by their verbs."""
        if formset.model is Assignment:
            for new in formset.save(commit=False):
                new.account.assign(new.manager, by=request.user, starts=new.starts, ends=new.ends)
        elif formset.model is Membership:
            for one in formset.save(commit=False):
                if one.pk:
                    one.save()
                else:
                    one.account.add_member(one.person, by=request.user, administrator=one.administrator)
            for gone in formset.deleted_objects:
                gone.end(by=request.user)
        else:
            super().save_formset(request, form, formset, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # an account is withdrawn; its rows and history stay


class PersonForm(forms.ModelForm):
    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()

    def clean(self) -> dict[str, Any]:
        """A manager goes by handing over: else accounts would have one who answers to nobody."""
        found = super().clean() or self.cleaned_data
        person = self.instance
        stays = found.get("is_active") and found.get("role") == Person.Role.MANAGER and not found.get("leaves_on")
        if person.pk and not stays and (accounts := running(person, timezone.localdate()).count()):
            left = plural(accounts, "account has", "accounts have")
            raise ValidationError(f"{left} {person} as manager: hand over first, under Managers in the portal.")
        return found


@admin.register(Person)
class PersonAdmin(Office):
    form = PersonForm
    list_display = ["name", "email", "role", "center", "is_active", "last_login"]
    list_filter = ["role", "is_active", "center"]
    list_select_related = ["center"]
    search_fields = ["name", "email"]
    fields = [
        "name",
        "email",
        "role",
        "center",
        "telephone",
        "language",
        "opens",
        "closes",
        "time_zone",
        "is_active",
        "leaves_on",
        "last_login",
    ]
    readonly_fields = ["last_login"]
    actions = ["forget_second_factor"]

    @admin.action(description="Second factor lost: let them set up a new one")
    def forget_second_factor(self, request: HttpRequest, people: QuerySet[Person]) -> None:
        count = sum(second_factor.forget(person) for person in people)
        self.message_user(request, f"{count} {'person sets' if count == 1 else 'people set'} up a new second factor.")

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # access is closed; what somebody did stays theirs


@admin.register(Assignment)
class AssignmentAdmin(Office):
    form = AssignmentForm
    list_display = ["account", "manager", "starts", "ends"]
    list_filter = [("manager", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["account__name", "manager__name"]
    autocomplete_fields = ["account", "manager"]
    list_select_related = ["account", "manager"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["account", "manager", "starts"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is only planned may be taken back; who answered on days past stays."""
        return obj is not None and obj.starts > timezone.localdate()

    def save_model(self, request: HttpRequest, obj: Assignment, form: Any, change: bool) -> None:
        """A new assignment ends the one before it: the verb of the account does both."""
        if change:
            super().save_model(request, obj, form, change)
        else:
            obj.pk = obj.account.assign(obj.manager, by=request.user, starts=obj.starts, ends=obj.ends).pk


@admin.register(Cover)
class CoverAdmin(ReadOnly):
    """Entered, changed and cancelled at /absence/, by the verbs of Cover."""

    list_display = ["absent", "covered_by", "starts", "ends"]
    list_select_related = ["absent", "covered_by"]


@admin.register(Delegation)
class DelegationAdmin(ReadOnly):
    list_display = ["importer", "broker", "kinds", "power_of_attorney", "expires", "revoked_at"]
    list_select_related = ["importer", "broker"]


@admin.register(Invitation)
class InvitationAdmin(ReadOnly):
    """Made, sent again and withdrawn by administrators of the account, at /people/."""

    list_display = ["account_name", "person", "invited_by", "made_at", "last_day", "accepted_at", "withdrawn_at"]
    list_select_related = ["person", "invited_by"]


@admin.register(Lapse)
class LapseAdmin(ReadOnly):
    """Access that nobody used: warned of and closed by the scheduler (accounts/lapsing.py)."""

    list_display = ["person", "unused_since", "warned_on", "closes_on", "closed_on", "ended_at", "ended_by"]
    list_select_related = ["person", "ended_by"]


@admin.register(Center)
class CenterAdmin(Office):
    list_display = ["code", "name", "city", "time_zone"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
