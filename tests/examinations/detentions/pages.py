"""Addresses of a detention, and files to send there."""

import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from examinations.models import Examination
from tests.documents.files import pdf

DAY = datetime.timedelta(days=1)


def page(account: Any, one: Examination, rest: str = "") -> str:
    return f"/accounts/{account.pk}/examinations/{one.pk}/detention/{rest}"


def file(name: str = "list.pdf", data: bytes | None = None) -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile(name, pdf() if data is None else data)}
