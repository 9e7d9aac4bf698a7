"""What became of a request, in order: its issue, what people wrote down, and its earlier versions from files."""

import datetime
from dataclasses import dataclass

from django.utils import timezone
from django.utils.dateparse import parse_date

from accounts.models import Person
from examinations.files_named import Files, load_of
from examinations.models import CustomsRequest, RequestRecord, SupersededRow
from examinations.models.request import Form
from examinations.models.request_records import Outcome
from look.formats import day, entry_number

Kind = RequestRecord.Kind
MOST_VERSIONS = 20


@dataclass(frozen=True)
class Step:
    """One thing that happened. when: its day. said: by the account itself, not by CBP."""

    when: str
    title: str
    note: str = ""
    said: bool = False


def steps_of(request: CustomsRequest, reader: Person, as_of: datetime.date) -> list[Step]:
    """The days of a request, oldest first; one statement."""
    steps = [(request.issued, 0, Step(day(request.issued, as_of), "Issued by CBP", "The days run from here"))]
    records = list(request.records.visible_to(reader).select_related("by", "account"))
    for at, record in enumerate(records, start=1):
        when = record.day if record.kind in (Kind.ANSWERED, Kind.SAID) and record.day else timezone.localdate(record.at)
        steps.append(
            (when, at, Step(day(when, as_of), _title(record, as_of), _by(record, reader), record.kind == Kind.SAID))
        )
    if request.answered and not any(r.kind == Kind.ANSWERED and r.day == request.answered for r in records):
        steps.append((request.answered, 0, Step(day(request.answered, as_of), "CBP has the answer")))
    if (
        request.form != Form.TAKEN
        and request.outcome != Outcome.OPEN
        and not any(r.kind == Kind.DECIDED for r in records)
    ):
        reported = timezone.localdate(request.version_at)
        note = f"As reported on {day(reported, as_of)}"
        steps.append((datetime.date.max, 0, Step("", f"CBP decided: {request.get_outcome_display().lower()}", note)))
    return [step for _, _, step in sorted(steps, key=lambda one: one[:2])]


def _title(record: RequestRecord, as_of: datetime.date) -> str:
    if record.kind == Kind.DECIDED:
        return f"CBP decided: {record.get_outcome_display().lower()}"
    if record.kind == Kind.EXTENDED:
        return f"CBP extended the period to {day(record.day, as_of)}"
    if record.kind == Kind.SAID:
        who = record.account.name if record.account else "The account"
        return f"{who} says that it answered" if record.day else f"{who} takes back that it answered"
    return str(record.get_kind_display())


def _by(record: RequestRecord, reader: Person) -> str:
    """Members read the names of members; of those who work for the government they read that they do."""
    if record.by.is_government and not reader.is_government:
        return "Written down by CBP’s account management"
    return f"Written down by {record.by.name}"


@dataclass(frozen=True)
class Version:
    """A request as CBP's files said it before; `until` is when a later file replaced it.

    brought, replaced: the file that said it and the one that said otherwise, as the reader may call them.
    """

    until: datetime.datetime
    brought: str
    replaced: str
    form: str
    entry_number: str
    issued: datetime.date | None
    answered: datetime.date | None
    outcome: str
    lines: str


def versions_of(request: CustomsRequest, reader: Person) -> list[Version]:
    """Earlier versions, newest first; two statements, one where there are none."""
    kept = SupersededRow.objects.visible_to(reader).filter(table=CustomsRequest._meta.db_table, key=request.number)
    rows = list(kept.order_by("-at", "-pk")[:MOST_VERSIONS])
    if not rows:
        return []
    loads = [load for row in rows for load in (row.load_id, load_of(row.was))]
    files = Files(reader, loads, {row.load_id: timezone.localdate(row.at) for row in rows})
    return [_version(row, files) for row in rows]


def _version(row: SupersededRow, files: Files) -> Version:
    was = row.was
    lines = [str(line["line"]) if line["line"] else "whole entry" for line in was.get("lines") or []]
    return Version(
        row.at,
        files.said(load_of(was)),
        files.said(row.load_id),
        Form(was["form"]).label,
        entry_number(was["entry_number"]),
        parse_date(was["issued"]),
        parse_date(was["answered"]) if was["answered"] else None,
        Outcome(was["outcome"]).label,
        ", ".join(dict.fromkeys(lines)),
    )
