"""Notices: read by those whom they were told to, written and published by headquarters."""

import uuid
from collections.abc import Callable
from typing import Any

import django_filters
from django.core.exceptions import ValidationError as Refused
from django.db import IntegrityError
from django.db.models import Subquery
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.answers import Conflict
from accounts.api.fields import Choice, name_of
from accounts.api.filters import Day
from accounts.api.lists import Rows
from accounts.models import Account, Center, Enrollment, Person
from compliance.measurement.issues import ISSUES
from look.periods import InPeriod
from notices import audience, telling, touching
from notices.models import Notice, Subject
from notices.models.for_whom import MOST_CODES
from notifications.models import Delivery, Message

OFFICE = (Person.Role.HEADQUARTERS,)
TAKEN = "There is a notice of this kind and number already."


#: Lists of codes that say for whom a notice is, and what its change of duty leaves out.
CODES = ("hts_prefixes", "excluded_hts_prefixes", "countries", "ports", "manufacturers", "spi_codes", "adcvd_cases")
CODES += ("entry_types", "exempt_hts_prefixes", "exempt_spi_codes")
WORDS = ("kind", "number", "subject", "title", "body", "to_do", "whom_to_ask", "source_url")
DAYS = ("effective_date", "respond_by", "comments_due", "stop_date", "late_reason", "outside_control")
DUTY = ("duty_kind", "rate_change", "chapter_99", "last_entry_date", "in_transit")


class NoticeSerializer(serializers.ModelSerializer):
    kind = Choice(Notice.Kind, help_text="Its source.")
    subject = Choice(Subject)
    state = Choice(Notice.State)
    duty_kind = Choice(Notice.DutyKind, allow_null=True, help_text="Null: it changes no duty.")
    source_url = serializers.CharField(read_only=True, help_text="Empty where the notice is nowhere else to read.")
    account_types = serializers.ListField(
        source="account_kinds", child=Choice(Account.Kind), read_only=True, help_text="Empty: all."
    )
    programs = serializers.ListField(child=Choice(Enrollment.Program), read_only=True, help_text="Empty: all.")
    issues = serializers.ListField(child=serializers.CharField(), read_only=True, help_text="Empty: all.")

    class Meta:
        model = Notice
        fields = [
            *(
                "id",
                *WORDS,
                *DAYS,
                "account_types",
                "programs",
                "issues",
                *CODES,
                *DUTY,
                "state",
                "version",
                "replaces",
            ),
            *("created_at", "publish_at", "published_at", "promised_days", "ended_at", "retracted_at"),
        ]
        read_only_fields = fields


def _chosen(choices: Any, most: int) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.ChoiceField(choices), max_length=most, required=False, help_text="Empty: all."
    )


class DraftSerializer(serializers.ModelSerializer):
    """What a draft is made from. What it does not know it refuses: a notice meant for few must not go to all."""

    account_types = serializers.ListField(
        source="account_kinds",
        child=serializers.ChoiceField(Account.Kind.choices),
        max_length=2,
        required=False,
        help_text="Empty: all.",
    )
    programs = _chosen(Enrollment.Program.choices, len(Enrollment.Program))
    issues = _chosen([(one.code, one.name) for one in ISSUES], len(ISSUES))
    centers = serializers.ListField(
        child=serializers.CharField(max_length=3), max_length=20, required=False, help_text="Codes; empty: all."
    )
    accounts = serializers.ListField(
        child=serializers.UUIDField(), max_length=1000, required=False, help_text="Ids; empty: all."
    )

    class Meta:
        model = Notice
        fields = [*WORDS, *DAYS, "account_types", "programs", "issues", "centers", "accounts", *CODES, *DUTY]
        validators: list[Any] = []  # said better by validate()

    def get_fields(self) -> dict[str, serializers.Field]:
        """Codes as they are written, dots among them: the model brings them into their form."""
        own = {
            name: serializers.ListField(
                child=serializers.CharField(max_length=20),
                max_length=MOST_CODES,
                required=False,
                help_text="Empty: all.",
            )
            for name in CODES
        }
        return {name: own.get(name, field) for name, field in super().get_fields().items()}

    def validate_centers(self, codes: list[str]) -> list[Center]:
        return _all_of(Center, codes)

    def validate_accounts(self, ids: list[uuid.UUID]) -> list[Account]:
        return _all_of(Account, ids)

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        unknown = [name for name, value in self.initial_data.items() if value and name not in self.fields]
        if unknown:
            raise serializers.ValidationError({name: ["A notice does not have this."] for name in unknown})
        if Notice.objects.filter(kind=asked.get("kind", Notice.Kind.CSMS), number=asked["number"]).exists():
            raise serializers.ValidationError({"number": [TAKEN]})
        return asked

    def create(self, asked: dict[str, Any]) -> Notice:
        """Raises Conflict where another draft of that number was written in the same moment."""
        try:
            return Notice.objects.draft(by=self.context["request"].user, **asked)
        except Refused as error:
            raise serializers.ValidationError(error.message_dict) from None
        except IntegrityError:
            raise Conflict(TAKEN) from None


def _all_of(model: Any, keys: list[Any]) -> list[Any]:
    found = model.objects.in_bulk(keys)
    missing = [str(key) for key in keys if key not in found]
    if missing:
        raise serializers.ValidationError(f"There is no {model._meta.verbose_name} {missing[0]}.")
    return list(found.values())


def dollars(help_text: str) -> serializers.DecimalField:
    """Dollars that a row may have, written as others of the API."""
    return serializers.DecimalField(
        max_digits=18, decimal_places=2, read_only=True, allow_null=True, default=None, help_text=help_text
    )


class PublishedSerializer(serializers.Serializer):
    told = serializers.IntegerField(help_text="People to whom a mail is on its way.")
    notice = NoticeSerializer()


class RetractedSerializer(serializers.Serializer):
    stopped = serializers.IntegerField(help_text="Mails that were not sent any more.")
    notice = NoticeSerializer()


class AudienceSerializer(serializers.ModelSerializer):
    account = serializers.UUIDField(source="pk", read_only=True)
    account_name = serializers.CharField(source="name", read_only=True)
    account_type = Choice(Account.Kind, source="kind")
    imported = dollars("Of what it is about, in the last twelve whole months; null: it asks nothing of trade.")
    filed = dollars("The same, filed for others.")
    added = dollars("Duty more a year (minus: less); null: none, or not to be told from value.")

    class Meta:
        model = Account
        fields = ["account", "account_name", "account_type", "center", "imported", "filed", "added"]
        read_only_fields = fields


class DeliverySerializer(serializers.ModelSerializer):
    person_name = serializers.CharField(source="person.name", read_only=True)
    account_name = name_of("account")
    channel = Choice(Delivery.Channel)
    state = Choice(Delivery.State)

    class Meta:
        model = Delivery
        fields = [
            *("person", "person_name", "account", "account_name", "channel", "state", "due_at", "attempts"),
            *("last_error", "sent_at", "read_at"),
        ]
        read_only_fields = fields


class NoticeFilter(InPeriod):
    start = Day("effective_date", "gte", "In effect from this day or later")
    end = Day("effective_date", "lte", "In effect from this day or before")
    kind = django_filters.ChoiceFilter(choices=Notice.Kind.choices)
    subject = django_filters.ChoiceFilter(choices=Subject.choices)
    state = django_filters.ChoiceFilter(choices=Notice.State.choices)


class VersionSerializer(serializers.Serializer):
    version = serializers.IntegerField(
        min_value=1,
        max_value=2**31 - 1,
        required=False,
        help_text="The `version` that you read. Asked for where it was changed after it was first written.",
    )


class Notices(Rows):
    """Notices that were told to one or to one's accounts, latest first; all of them for headquarters."""

    roles = (Person.Role.MEMBER, Person.Role.MANAGER, Person.Role.HEADQUARTERS)
    roles_of_action = {
        "create": OFFICE,
        "submit": OFFICE,
        "publish": OFFICE,
        "retract": OFFICE,
        "audience": OFFICE,
        "deliveries": (Person.Role.MANAGER, Person.Role.HEADQUARTERS),
    }
    queryset = Notice.objects.all()
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter
    order = ("-created_at", "-id")
    orders = {"audience": ("name", "id"), "deliveries": ("person_id", "channel")}
    lookup_value_converter = "uuid"
    http_method_names = ["get", "head", "post"]

    def page_order(self) -> tuple[str, ...]:
        return self.orders.get(self.action, self.order)

    @extend_schema(request=DraftSerializer, responses={201: NoticeSerializer})
    def create(self, request: Request) -> Response:
        """Write a draft; nobody is told before it is published."""
        draft = DraftSerializer(data=request.data, context=self.get_serializer_context())
        draft.is_valid(raise_exception=True)
        return Response(self.get_serializer(draft.save()).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=NoticeSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: uuid.UUID) -> Response:
        """Send a draft for review: it cannot be changed while it is there. 409 for anything but a draft."""
        notice = self.get_object()
        try:
            notice.submit(by=request.user)
        except Refused as error:
            raise Conflict(error.messages[0]) from None
        return Response(self.get_serializer(notice).data)

    @extend_schema(request=VersionSerializer, responses=PublishedSerializer)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: uuid.UUID) -> Response:
        """Publish a notice and queue one mail for each person it is for; a second person does, not its author.

        A draft is sent for review and published in one step, and both are written down. 409 for anything but a draft or
        what is in review, for its author, for another version than the one that was read, and where its days cannot be."""
        read = VersionSerializer(data=request.data)
        read.is_valid(raise_exception=True)
        return self._do("told", Notice.look_and_publish, **read.validated_data)

    @extend_schema(request=None, responses=RetractedSerializer)
    @action(detail=True, methods=["post"])
    def retract(self, request: Request, pk: uuid.UUID) -> Response:
        """Take a published notice back, and stop what has not been sent. 409 for anything but a published one."""
        return self._do("stopped", Notice.retract)

    def _do(self, counted: str, verb: Callable[..., int], **given: Any) -> Response:
        notice = self.get_object()
        try:
            count = verb(notice, by=self.request.user, **given)
        except Refused as error:
            raise Conflict(error.messages[0]) from None
        return Response({counted: count, "notice": self.get_serializer(notice).data})

    @extend_schema(responses=AudienceSerializer(many=True), filters=False)
    @action(detail=True)
    def audience(self, request: Request, pk: uuid.UUID) -> Response:
        """The accounts that it is for, with their dollars, and `accounts`, `people`, `imported`, `filed` and `added` of
        all together."""
        notice = self.get_object()
        answer = self.page_of(audience.accounts_of(notice), AudienceSerializer)
        total = touching.preview(notice, shown=0) if notice.asks_of_trade else None
        answer.data |= {
            "accounts": total.accounts if total else audience.accounts_of(notice).count(),
            "people": audience.count_people(notice),
            **{name: getattr(total, name) if total else None for name in ("imported", "filed", "added")},
        }
        if total:
            self._with_dollars(notice, answer.data["results"])
        return answer

    @staticmethod
    def _with_dollars(notice: Notice, rows: list[dict[str, Any]]) -> None:
        found = touching.of_accounts(notice, [row["account"] for row in rows])
        for row in rows:
            touch = found.get(uuid.UUID(str(row["account"])))
            if touch:
                row |= {
                    name: dollars("").to_representation(amount)
                    if (amount := getattr(touch, name)) is not None
                    else None
                    for name in ("imported", "filed", "added")
                }

    @extend_schema(responses=DeliverySerializer(many=True), filters=False)
    @action(detail=True)
    def deliveries(self, request: Request, pk: uuid.UUID) -> Response:
        """Each person who is told, and whether the mail was sent and read."""
        message = Message.objects.filter(key=telling.key_of(self.get_object())).values("pk")
        told = Delivery.objects.visible_to(request.user).filter(message=Subquery(message))
        return self.page_of(told, DeliverySerializer, "person", "account")
