"""Inquiries: of one's own account, of the accounts that one manages, and, for an expert, those that one was brought into."""

from typing import Any

import django_filters
from rest_framework import serializers

from accounts.api.fields import Choice, name_of
from accounts.api.filters import Day
from accounts.api.lists import Rows
from inquiries.models import Inquiry, Message, Outcome, State, Urgency
from look.periods import InPeriod


class MessageSerializer(serializers.ModelSerializer):
    by_name = serializers.CharField(source="by.name", read_only=True)
    kind = Choice(Message.Kind)

    class Meta:
        model = Message
        fields = ["id", "kind", "from_cbp", "by_name", "at", "text", "authority_kind", "authority", "why_no_authority"]
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
    messages = MessageSerializer(many=True, read_only=True)

    class Meta:
        model = Inquiry
        fields = [
            *("id", "number", "account", "account_name", "subject", "category", "category_name", "urgency"),
            *("urgent_because", "state", "outcome", "about", "heading", "asked_at", "asked_by_name", "due_at"),
            *("answered_at", "closed_at", "written_down_by_name", "messages"),
        ]
        read_only_fields = fields


class InquiryFilter(InPeriod):
    start = Day("asked_at", "date__gte", "Asked on this day or later")
    end = Day("asked_at", "date__lte", "Asked on this day or before")
    account = django_filters.UUIDFilter("account_id", label="Account")
    state = django_filters.ChoiceFilter(choices=State.choices)
    category = django_filters.CharFilter("category_id", max_length=24, label="Code of the category")


class Inquiries(Rows):
    """Inquiries that one may see, in the order in which they were asked, with the messages that both sides read.

    Private notes, experts and reasons of routing are no part of it, for anybody.
    """

    queryset = Inquiry.objects.all()
    serializer_class = InquirySerializer
    filterset_class = InquiryFilter
    order = ("id",)

    def related_rows(self) -> tuple[Any, ...]:
        return ("account", "category", "asked_by", "written_down_by", "messages__by")
