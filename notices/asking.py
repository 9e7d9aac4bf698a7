"""The row of chapter 99 that a notice asks for, kept as data: the check of lines looks for it, and leads to the notice."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from examinations.checks.notices_asking import ADDRESSES
from examinations.models import AdditionalDuty

if TYPE_CHECKING:
    from notices.models import Notice

A_DAY = datetime.timedelta(days=1)


def check(notice: Notice) -> None:
    """Raises ValidationError for one that asks for a row and is for named accounts: nobody else's lines would lack it."""
    if notice.chapter_99 and notice.accounts.exists():
        raise ValidationError(
            "A row of chapter 99 is asked of everybody’s lines, and this notice is for named accounts."
        )


def ask(notice: Notice) -> None:
    """Keep what a notice asks for, as it is published; said again it is the same. Nothing where it asks for no row."""
    if not notice.chapter_99:
        return
    AdditionalDuty.objects.ask(
        notice,
        notice=notice.number,
        title=notice.title,
        chapter_99=notice.chapter_99,
        hts_prefixes=notice.hts_prefixes,
        excluded_prefixes=[*notice.excluded_hts_prefixes, *notice.exempt_hts_prefixes],
        origins=notice.countries,
        exempt_claims=notice.exempt_spi_codes,
        points=notice.rate_change,
        first_entry_date=notice.effective_date,
        last_entry_date=notice.last_entry_date,
    )


def end(notice: Notice, followed_by: Notice | None = None) -> None:
    """A notice holds no more. Superseded, it asks for its row until the day before the other begins; corrected or taken
    back, never."""
    if followed_by is None or followed_by.replaces_how == followed_by.Replaces.CORRECTS:
        AdditionalDuty.objects.end(notice)
        return
    begins = followed_by.effective_date or timezone.localdate(followed_by.published_at)
    AdditionalDuty.objects.end(notice, begins - A_DAY)


def addresses(ids: Iterable[str], reader: Person) -> dict[str, str]:
    """By id the address of those notices that the reader was told of; one statement."""
    from notices.models import Notice  # noqa: PLC0415  notices publish through this module

    told = Notice.objects.told_to(reader).filter(pk__in=ids)
    return {str(pk): reverse("notice", args=[pk]) for pk in told.values_list("pk", flat=True)}


def connect() -> None:
    """Let the check of lines lead to notices."""
    ADDRESSES.append(addresses)
