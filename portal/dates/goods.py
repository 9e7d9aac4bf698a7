"""The dates of goods held now: by when CBP releases or detains, and decides on what it detained."""

import datetime

from django.db.models import OuterRef, Subquery

from examinations import clocks, figures
from examinations.holding import Holding, Stage, holding_of
from examinations.models import Examination, Port
from examinations.models.detention import detention_of
from look.formats import container, entry_number, plural
from portal.dates.asked import Asked
from portal.dates.bound import Bound, folded

HELD_PAGE = "/examinations/?result=held&start=2000-01-01"


def open_examinations(asked: Asked) -> list[Bound]:
    """The days by which CBP releases or detains, and decides on what it detained, of goods held now."""
    rows = figures.held_now(asked.account, asked.as_of).visible_to(asked.person)
    rows = rows.filter(presented__gte=asked.start - datetime.timedelta(days=clocks.ADMISSIBILITY_DAYS))
    names = Port.objects.filter(code=OuterRef("port")).values("name")
    found = []
    for one in rows.annotate(port_name=Subquery(names)).select_related("detention"):
        holding = holding_of(one, detention_of(one), asked.as_of)
        found.append((_release(one, holding), _admission(one, holding)))
    release = [one for one, _ in found if one and asked.spans(one.day)]
    admission = [one for _, one in found if one and asked.spans(one.day)]
    return folded(release, _many_releases) + folded(admission, _many_admissions)


def _release(one: Examination, holding: Holding | None) -> Bound | None:
    """CBP's five business days: not for what is detained already, nor for what another agency holds."""
    if holding is None or holding.stage != Stage.DECIDING or holding.by is None:
        return None
    day = holding.by
    title = f"CBP’s last day to release or detain {_goods(one)} at {one.port_name or one.port}"
    short, page = f"Release or detain {_goods(one)}", f"/examinations/{one.pk}/"
    return Bound(day, f"release-{one.pk}", title, page, clocks.RELEASE_OR_DETAIN_RULE, in_short=short)


def _admission(one: Examination, holding: Holding | None) -> Bound | None:
    """CBP's thirty days, where its law binds the goods (examinations/holding.py)."""
    day = clocks.admissible_by(one.presented)
    if day is None or holding is None or holding.stage not in (Stage.DECIDING, Stage.DETAINED, Stage.EXCLUDED):
        return None
    title = f"CBP’s last day to decide on {_goods(one)} at {one.port_name or one.port}"
    note = "Undecided goods count as excluded after it, which may be protested"
    short, page = f"Decide on {_goods(one)}", f"/examinations/{one.pk}/"
    return Bound(day, f"admission-{one.pk}", title, page, clocks.ADMISSIBILITY_RULE, note, in_short=short)


def _goods(one: Examination) -> str:
    if one.container:
        return f"container {container(one.container)}"
    return f"entry {entry_number(one.entry_number)}" if one.entry_number else f"bill {one.bill}"


def _many_releases(day: datetime.date, count: int) -> Bound:
    title = f"CBP’s last day to release or detain {plural(count, 'shipment')}"
    return Bound(day, f"releases-{day}", title, HELD_PAGE, clocks.RELEASE_OR_DETAIN_RULE)


def _many_admissions(day: datetime.date, count: int) -> Bound:
    title = f"CBP’s last day to decide on {plural(count, 'shipment')}"
    return Bound(day, f"admissions-{day}", title, HELD_PAGE, clocks.ADMISSIBILITY_RULE)
