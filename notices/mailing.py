"""The mail of a notice of trade, and its reminders: what all read, and between it what it means for the account of whoever reads.

What is its reader’s alone is put into each when it is sent. What a notice touches is read once for many mails. Nothing is reckoned
while mails go out: one whose reader’s bond is still to be looked at with this change waits for it, PATIENCE at most, and goes
as soon as that is done.
"""

import datetime
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from accounts.models import Account
from compliance.bonds.looking_ahead import reckoned_with
from compliance.bonds.models import Bond
from compliance.bonds.signals import looked_ahead
from compliance.bonds.words import with_what_is_announced
from examinations.models import DutyChange
from look.formats import plural
from notices import matching, reminding, sentences, telling, touched_by
from notices.models import Notice, Touched
from notifications import queue
from notifications.letters import Due
from notifications.models import Delivery
from notifications.own_words import OF_MANY, OWN, NotYet, Own

#: Accounts whose sentences a mail names one by one; whoever answers for more reads them in the portal.
MOST_NAMED = 5
MEANS = "What it means for you"
TOPICS = (telling.OWN, reminding.TOPIC)
#: How long a mail waits for the year ahead of a bond, which a task reckons behind the publication; then it goes without.
PATIENCE = datetime.timedelta(minutes=10)
YEAR_AHEAD = "waits for the year ahead of a bond"
#: For so long what a notice says to each is kept in hand: an amount may be raised, a year ahead be reckoned meanwhile.
KNOWN_SECONDS = 30.0


@dataclass(frozen=True, order=True)
class Said:
    """The name of an account; its sentence as its own people read it, and as one among others. waits: more is to come, of
    its bond."""

    name: str
    to_it: str
    of_it: str
    waits: bool = False


@dataclass
class Known:
    """The notice whose mails are being drawn, with the sentence of each account that it touches, as read a moment ago."""

    notice: str = ""
    said: dict[uuid.UUID, Said] = field(default_factory=dict)
    read_at: float = 0.0

    def of(self, delivery: Due) -> list[Said]:
        """What it says of the accounts for which a person is told."""
        now = time.monotonic()
        if self.notice != delivery.message.about_id or now - self.read_at > KNOWN_SECONDS:
            said = _said(list(Touched.objects.filter(notice=delivery.message.about_id)))
            self.said = {account: words for (_, account), words in said.items()}
            self.notice, self.read_at = delivery.message.about_id, now
        return [self.said[account] for account in delivery.told_for if account in self.said]

    def still_waits(self) -> bool:
        """Whether no year ahead is reckoned with it by now: what is in hand may be from before, and then is forgotten."""
        waits = bool(_not_reckoned(Notice.objects.filter(pk=self.notice)))
        if not waits:
            self.notice = ""
        return waits


_known = Known()


def _bonds(accounts: set[uuid.UUID]) -> dict[uuid.UUID, Bond]:
    """The bond of each of these accounts, the worst of several, with what was found of it."""
    rows = Bond.objects.in_force(timezone.localdate()).filter(account__in=accounts, review__isnull=False)
    found: dict[uuid.UUID, Bond] = {}
    for bond in rows.select_related("review").worst_first():
        found.setdefault(bond.account_id, bond)
    return found


def _not_reckoned(notices: Iterable[Notice]) -> set[uuid.UUID]:
    """The notices whose change of duty is in no year ahead yet."""
    known = reckoned_with()
    by_name = {str(one.pk): one.pk for one in notices if one.changes_duty}
    rows = DutyChange.objects.filter(
        about_type=ContentType.objects.get_for_model(Notice),
        about_id__in=list(by_name),
        state=DutyChange.State.ANNOUNCED,
    )
    return {by_name[name] for name, pk in rows.values_list("about_id", "pk") if known is not None and pk not in known}


def _said(rows: list[Touched]) -> dict[tuple[str, uuid.UUID], Said]:
    """By notice (id as messages carry it) and account, what is said. Six statements."""
    notices = Notice.objects.in_bulk({row.notice_id for row in rows})
    # Asked before the bonds are read: the other way a year ahead from before would be told as one with this change.
    not_reckoned = _not_reckoned(notices.values())
    bonds = _bonds({row.account_id for row in rows if row.added})
    ports = touched_by.port_names({code for row in rows for code in row.ports[: sentences.PORTS_NAMED]})
    _, last_month = matching.window(timezone.localdate())
    names = dict(Account.objects.filter(pk__in={row.account_id for row in rows}).values_list("pk", "name"))
    found = {}
    for row in rows:
        notice, name = notices[row.notice_id], names[row.account_id]
        bond = bonds.get(row.account_id) if row.added and notice.changes_duty else None
        waits = bond is not None and row.notice_id in not_reckoned
        if waits:  # what is known of the year ahead was reckoned without this
            bond = None
        # A reminder comes months later, and speaks of the months that were counted then.
        newest = row.last_month == last_month
        if not newest and not (
            row.imported or row.filed or row.deposited or row.deposited_for_others
        ):  # began in a month that was "this month" then
            continue
        when = sentences.LAST_YEAR if newest else f"from {sentences.months_of(row)}"
        to_it = f"{sentences.of(notice, row, ports, when=when)} {_of_bond(bond)}".strip()
        of_it = f"{sentences.of(notice, row, ports, whose=name, when=when)} {_of_bond(bond, whose=f'{name}’s')}".strip()
        found[str(row.notice_id), row.account_id] = Said(name, to_it, of_it, waits)
    return found


def _of_bond(bond: Bond | None, *, whose: str = "Your") -> str:
    return with_what_is_announced(bond.review, bond.amount, timezone.localdate(), whose=whose) if bond else ""


def means(delivery: Due) -> str:
    """What the notice means for the accounts for which a person is told; empty where it touches no trade of theirs.

    Raises NotYet where a bond of theirs is being looked at, for a while.
    """
    mine = _known.of(delivery)
    if any(one.waits for one in mine) and timezone.now() < delivery.message.created_at + PATIENCE:
        if _known.still_waits():
            raise NotYet(YEAR_AHEAD)
        mine = _known.of(delivery)
    return _together(mine, of_government=delivery.of_government)


def means_of(deliveries: Sequence[Delivery]) -> dict[int, str]:
    """The same of many, as a digest carries them or the inbox lists them, by delivery. Seven statements."""
    wanted = [one for one in deliveries if one.message.topic in TOPICS and one.message.about_id]
    if not wanted:
        return {}
    notices = {one.message.about_id for one in wanted}
    accounts = {account for one in wanted for account in one.told_for}
    said = _said(list(Touched.objects.filter(notice__in=notices, account__in=accounts)))
    found = {}
    for one in wanted:
        keys = [(one.message.about_id, account) for account in one.told_for]
        mine = [said[key] for key in keys if key in said]
        found[one.pk] = _together(mine, of_government=one.person.is_government)
    return found


def _together(said: list[Said], *, of_government: bool) -> str:
    mine = sorted(said)
    if len(mine) == 1 and not of_government:
        return mine[0].to_it
    lines = [one.of_it for one in mine[:MOST_NAMED]]
    if (more := len(mine) - MOST_NAMED) > 0:
        lines.append(f"And {plural(more, 'account')} more: the portal shows {'it' if more == 1 else 'them'}.")
    return "\n".join(lines)


def connect() -> None:
    """Let mails, reminders, digests and the inbox say here what these notices mean to their readers."""
    OWN.update(dict.fromkeys(TOPICS, Own(MEANS, means)))
    OF_MANY.append(means_of)
    looked_ahead.connect(_wait_no_longer, dispatch_uid="notices.mailing.wait_no_longer")


def _wait_no_longer(sender: object, **kwargs: Any) -> None:
    queue.wait_no_longer(YEAR_AHEAD)
