"""Rows that an inquiry can be about, and what is told of each: its facts as they stand when it is attached.

An expert reads these facts, not the tables: row security opens no trade table to experts (decision 0050). They are what
the account itself may read of the row: nothing here says why an examination was chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from accounts.access import discloses_reasons
from accounts.models import Account, Person
from compliance.bonds.models import Bond
from compliance.plans.models import Action
from compliance.trends.models import Trend
from compliance.trends.told import told
from examinations.holding import Stage, holding_of
from examinations.models import CustomsRequest, Entry, Examination, Port
from examinations.models.detention import detention_of
from examinations.models.entry import Source
from look.formats import container, count, entry_number, hts, long_day, money
from notices.models import Notice


@dataclass(frozen=True)
class Attached:
    """What is kept of a row. words: how a link calls it; path: below the account's pages; facts: pairs of label and words;
    heading, port, amount (dollars): what rules of routing ask."""

    words: str
    path: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    heading: str = ""
    port: str = ""
    amount: Decimal | None = None


def _said(*facts: tuple[str, object]) -> list[tuple[str, str]]:
    return [(label, str(words)) for label, words in facts if words not in (None, "", "–")]


def _port(code: str) -> str:
    name = Port.objects.filter(code=code).values_list("name", flat=True).first()
    return f"{name} ({code})" if name else code


def _days(rows: list[tuple[str, Any]]) -> list[tuple[str, str]]:
    return [(label, long_day(value)) for label, value in rows if value]


#: The fact that tells an account why its closed examination was chosen, as far as accounts are told.
CHOSEN = "Why it was chosen"


def _examination(one: Examination) -> Attached:
    line = one.entry.rows.filter(line=one.line, stands_for_line=True).first() if one.entry and one.line else None
    found = [
        f"{row.get_type_display()}{f', {money(row.revenue_difference)} of revenue' if row.revenue_difference else ''}"
        for row in one.discrepancies.all()
    ] if one.closed else []  # fmt: skip
    facts = _said(
        ("Type", one.get_type_display()),
        ("Hold", one.get_hold_display()),
        ("Entry", entry_number(one.entry_number)),
        ("Line", one.line),
        ("Container", container(one.container)),
        ("Port", _port(one.port)),
        ("Result", one.get_disposition_display() if one.closed else "not known yet"),
        ("Found", "; ".join(found)),
        (CHOSEN, one.told_reason if one.closed else ""),
    )
    facts += _hold(one)
    days = [("Selected", one.selected), ("Examined", one.examined), ("Released", one.released)]
    amount = (
        sum((abs(row.revenue_difference or 0) for row in one.discrepancies.all()), Decimal()) if one.closed else None
    )
    return Attached(
        f"examination {one}", f"/examinations/{one.pk}/", facts + _days(days),
        heading=line.hts if line else "", port=one.port, amount=amount,
    )  # fmt: skip


def _hold(one: Examination) -> list[tuple[str, str]]:
    """Of goods that wait: under which law, until when, and for which papers, as their page tells the account."""
    detention = detention_of(one)
    holding = holding_of(one, detention, timezone.localdate())
    if holding is None:
        return []
    items = detention.items.filter(dropped_at=None).prefetch_related("documents") if detention else ()
    missing = [item.text for item in items if item.waits_for_the_account]
    until = long_day(holding.next_day) if holding.next_day else ""
    return _said(
        ("Detained", detention.get_kind_display() if detention and not detention.outcome else ""),
        ("Proof by" if holding.stage == Stage.PROVING else "Decision by", until),
        ("Waits for", "; ".join(missing)),
    )


def _entry(one: Entry) -> Attached:
    if one.source == Source.OWN:
        raise ValidationError("Rows that you uploaded yourself stay yours: CBP sees none of them, and cannot answer.")
    first = one.rows.filter(stands_for_line=True).order_by("-value").first()
    facts = _said(
        ("Type of entry", one.entry_type),
        ("Port", _port(one.port)),
        ("Lines", count(one.lines)),
        ("Largest line", f"{hts(first.hts)} from {first.origin}" if first else ""),
        ("Entered value", money(one.value)),
        ("Duty", money(one.duty)),
        ("Filed by", one.filer_name or (one.filer.name if one.filer else "")),
        ("Liquidation", one.liquidation_status),
    )
    days = [("Entered", one.entry_date), ("Liquidation day", one.liquidation_date)]
    return Attached(
        f"entry {entry_number(one.number)}", f"/entries/{one.number}/", facts + _days(days),
        heading=first.hts if first else "", port=one.port, amount=one.duty,
    )  # fmt: skip


def _trend(one: Trend) -> Attached:
    said = told([one], staff=False, discloses=discloses_reasons())[0]
    facts = _said(
        ("Trend", said.said.sentence.replace("<b>", "").replace("</b>", "")),
        ("State", one.get_state_display()),
        ("Examinations counted", count(one.examinations)),
        ("Of these with it", count(one.discrepancies)),
        ("At stake", money(one.revenue_at_stake)),
    )
    days = [("Began about", one.since), ("Counted as of", one.as_of)]
    words = f"trend {(one.heading and f'in heading {one.heading}') or one.pk}"
    return Attached(
        words,
        f"/trends/{one.pk}/",
        facts + _days(days),
        heading=one.heading,
        port=one.port,
        amount=one.revenue_at_stake,
    )


def _bond(one: Bond) -> Attached:
    facts = _said(
        ("Amount", money(one.amount)), ("Activity", one.activity_code), ("Surety", one.surety_code)
    )  # fmt: skip
    days = [("In effect from", one.effective), ("Terminates", one.terminates)]
    return Attached(f"bond {one.number}", f"/bond/?bond={one.pk}", facts + _days(days), amount=one.amount)


def _notice(one: Notice) -> Attached:
    facts = _said(("Notice", f"{one.get_kind_display()} {one.number}"), ("Title", one.title))
    return Attached(f"notice {one.number}", f"/notices/{one.pk}/", facts + _days([("In effect", one.effective_date)]))


def _action(one: Action) -> Attached:
    facts = _said(("What is to be done", one.what), ("On the side of", one.get_side_display()))
    days = [("Due", one.due), ("Done", one.done_on)]
    return Attached(f"action of plan {one.plan_id}", f"/plan/{one.plan_id}/actions/{one.pk}/", facts + _days(days))


def _request(one: CustomsRequest) -> Attached:
    facts = _said(("Form", one.get_form_display()), ("Entry", entry_number(one.entry_number)))
    return Attached(f"request {one.number}", f"/requests/{one.pk}/", facts + _days([("Issued", one.issued)]))


#: How an address names a kind of row; its model; and what is told of it.
ROWS: dict[str, tuple[type[models.Model], Callable[[Any], Attached]]] = {
    "examination": (Examination, _examination),
    "entry": (Entry, _entry),
    "trend": (Trend, _trend),
    "bond": (Bond, _bond),
    "notice": (Notice, _notice),
    "action": (Action, _action),
    "request": (CustomsRequest, _request),
}


def is_of(thing: models.Model, account: Account) -> bool:
    """Whether a row is the account's own, or of what it filed; a notice is everybody's whom it was told."""
    if isinstance(thing, Notice):
        return True
    if isinstance(thing, Bond):
        return bool(Bond.objects.covering(account).filter(pk=thing.pk).exists())  # type: ignore[attr-defined]
    return account.pk in (getattr(thing, "account_id", account.pk), getattr(thing, "filer_id", None))


def attachment_of(thing: models.Model, account: Account, person: Person) -> Attached:
    """What is kept of a row with an inquiry of the account. Raises ValidationError for a row of another account, which the
    person may see by a delegation or as a member there, and which those who read this account's inquiries may not.

    The caller has asked whether the person may see it. A row of a model that is not among ROWS is kept by its name alone.
    """
    if not is_of(thing, account):
        raise ValidationError({"about": "This belongs to another account: ask there."})
    for model, tell in ROWS.values():
        if isinstance(thing, model):
            return tell(thing)
    return Attached(str(thing)[:200], "", [("Row", str(thing)), ("As of", long_day(timezone.localdate()))])


def row_named(text: str, person: Person) -> models.Model | None:
    """The row that an address names, such as "examination:12", where the person may see it; else None."""
    kind, colon, key = text.partition(":")
    if kind not in ROWS or not colon or len(key) > 40:
        return None
    manager: Any = ROWS[kind][0]._default_manager
    try:
        found: models.Model | None = manager.visible_to(person).filter(pk=key).first()
    except (ValueError, ValidationError, OverflowError):
        return None
    return found


def address_of(path: str, base: str) -> str:
    """Where the page of a row stands; empty for a row without one. path: as it is kept with an inquiry or a contact. base: of
    the account's pages, as whoever reads sees them. Notices are of no account: theirs stand at the root for everybody."""
    return path if not path or path.startswith("/notices/") else base + path


def named(model: type[models.Model] | None, key: str) -> str:
    """How an address names a row that is not at hand; empty for a model that no address names."""
    return next((f"{kind}:{key}" for kind, (known, _) in ROWS.items() if model is known), "")


def name_of(thing: models.Model) -> str:
    """How an address names a row: "examination:12"."""
    return next(f"{kind}:{thing.pk}" for kind, (model, _) in ROWS.items() if isinstance(thing, model))
