"""Inquiries: of one's own account, of the accounts that one manages, and, for an expert, those that one was brought into."""

from typing import Any

import django_filters
from django.db.models import Count, Max, OuterRef, QuerySet, Subquery
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.fields import Choice, name_of
from accounts.api.filters import Day
from accounts.api.lists import Rows
from inquiries.models import Inquiry, Message, Outcome, State, Urgency
from look.periods import InPeriod


class MessageSerializer(serializers.ModelSerializer):
    by_name = serializers.CharField(source="by.name", read_only=True)
    kind = Choice(Message.Kind)
    via = Choice(Message.Via, help_text="How it came.")

    class Meta:
        model = Message
        fields = [
            *("id", "kind", "from_cbp", "by_name", "at", "via", "text"),
            *("authority_kind", "authority", "why_no_authority"),
        ]
        read_only_fields = fields


class InquirySerializer(serializers.ModelSerializer):
    account_name = name_of("account")
    number = serializers.CharField(read_only=True)
    category_name = serializers.CharField(source="category.name", read_only=True)
    urgency = Choice(Urgency)
    state = Choice(State)
    outcome = Choice(Outcome)
    asked_by_name = serializers.CharField(source="asked_by.name", read_only=True)
    written_down_by_name = serializers.CharField(
        source="written_down_by.name",
        read_only=True,
        default=None,
        help_text="Of CBP's side; null where the account wrote.",
    )
    about = serializers.CharField(
        source="about_words", read_only=True, help_text="The attached row; empty where none is."
    )
    message_count = serializers.IntegerField(read_only=True, help_text="They stand at `messages/` below its address.")
    last_message_at = serializers.DateTimeField(read_only=True)

    class Meta:
        model = Inquiry
        fields = [
            *("id", "number", "account", "account_name", "subject", "category", "category_name", "urgency"),
            *("urgent_because", "state", "outcome", "about", "heading", "asked_at", "asked_by_name", "due_at"),
            *("answered_at", "closed_at", "written_down_by_name", "message_count", "last_message_at"),
        ]
        read_only_fields = fields


class InquiryFilter(InPeriod):
    start = Day("asked_at", "date__gte", "Asked on this day or later")
    end = Day("asked_at", "date__lte", "Asked on this day or before")
    account = django_filters.UUIDFilter("account_id", label="Account")
    state = django_filters.ChoiceFilter(choices=State.choices)
    category = django_filters.CharFilter("category_id", max_length=24, label="Code of the category")


class Inquiries(Rows):
    """Inquiries that one may see, in the order in which they were asked; the messages of each at an address of its own.

    Private notes, experts and reasons of routing are no part of it, for anybody.
    """

    queryset = Inquiry.objects.all()
    serializer_class = InquirySerializer
    filterset_class = InquiryFilter
    order = ("id",)
    related = ("account", "category", "asked_by", "written_down_by")

    def page_order(self) -> tuple[str, ...]:
        return ("at", "id") if self.action == "messages" else self.order

    def get_queryset(self) -> QuerySet[Any]:
        """With how many messages there are and when the last was written, asked for the rows of a page alone."""
        seen = Message.objects.visible_to(self.request.user).filter(inquiry=OuterRef("pk"))  # type: ignore[attr-defined]
        of_each = seen.order_by().values("inquiry")
        return (
            super()
            .get_queryset()
            .annotate(
                message_count=Subquery(of_each.annotate(found=Count("pk")).values("found")),
                last_message_at=Subquery(of_each.annotate(found=Max("at")).values("found")),
            )
        )

    @extend_schema(responses=MessageSerializer(many=True), filters=False)
    @action(detail=True)
    def messages(self, request: Request, pk: int) -> Response:
        """What both sides wrote, the oldest first, a page at a time."""
        written = Message.objects.visible_to(request.user).filter(inquiry=self.get_object())  # type: ignore[attr-defined]
        return self.page_of(written, MessageSerializer, "by")
