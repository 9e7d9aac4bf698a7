"""The accounts that one may open."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from rest_framework import serializers

from accounts.api.fields import Choice
from accounts.api.lists import Rows
from accounts.models import Account, Identifier


class AccountSerializer(serializers.ModelSerializer):
    kind = Choice(Account.Kind)
    state = Choice(Account.State)
    center_name = serializers.CharField(source="center.name", read_only=True, allow_null=True)
    identifiers = serializers.SerializerMethodField()

    class Meta:
        model = Account
        fields = ["id", "name", "kind", "state", "center", "center_name", "identifiers"]
        read_only_fields = fields

    def get_identifiers(self, account: Account) -> list[str]:
        """Importer numbers and filer codes; of a Social Security number the last four digits."""
        return [one.value for one in account.identifiers.all()]


class AccountFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="find", max_length=60, label="Part of the name, or a whole importer number")
    kind = django_filters.ChoiceFilter(choices=Account.Kind.choices)
    state = django_filters.ChoiceFilter(choices=Account.State.choices)
    center = django_filters.CharFilter(max_length=3, label="Code of a Center")

    def find(self, accounts: QuerySet[Account], name: str, text: str) -> QuerySet[Account]:
        numbers = Identifier.objects.filter(key=text.upper().replace("-", "")).values("account")
        return accounts.filter(Q(name__icontains=text) | Q(pk__in=numbers))


class Accounts(Rows):
    """Accounts: a member's own, a manager's today, all for headquarters."""

    queryset = Account.objects.all()
    serializer_class = AccountSerializer
    filterset_class = AccountFilter
    order = ("name", "id")
    related = ("center", "identifiers")
    lookup_value_converter = "uuid"

    def get_queryset(self) -> QuerySet[Any]:
        return Account.objects.opened_by(self.request.user)
