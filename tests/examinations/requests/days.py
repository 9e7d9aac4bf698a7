"""Days counted from today, and a page as one line of text."""

import datetime

from django.http import HttpResponse
from django.utils import timezone


def today() -> datetime.date:
    return timezone.localdate()


def ago(days: int) -> datetime.date:
    return today() - datetime.timedelta(days=days)


def text_of(response: HttpResponse) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def american(day: datetime.date) -> str:
    return day.strftime("%m/%d/%Y")


def weekday(day: datetime.date) -> str:
    return f"{day:%A, %B} {day.day}"
