"""Inputs and parts by their definitions, row by row: slow and obvious."""

import datetime
import math
from collections import defaultdict
from decimal import Decimal

from accounts.models import Account, Enrollment
from compliance.bonds.models import Bond
from compliance.risk.inputs import NAMES
from examinations.models import Discrepancy, Entry, EntryLine, EntryMonth, Examination, Selection
from examinations.models.duty_month import DutyMonth

COUNTED = {"01", "02", "03", "06", "07", "11", "12", "21", "23", "31", "32", "34", "38", "52"}
NO_DUTY = {"21", "22", "23", "26"}


def months_back(day: datetime.date, count: int) -> datetime.date:
    index = day.year * 12 + day.month - 1 - count
    return datetime.date(index // 12, index % 12 + 1, 1)


def reference_inputs(account: Account, as_of: datetime.date) -> dict[str, float]:
    """Every input by its definition, row by row."""
    this = as_of.replace(day=1)
    year, half, two_years = months_back(this, 12), months_back(this, 6), months_back(this, 24)
    broker = account.kind == "broker"
    found: dict[str, Decimal] = defaultdict(Decimal)
    of_number: dict[int, Decimal] = defaultdict(Decimal)
    for entry in Entry.objects.filter(source="cbp"):
        if not year <= entry.entry_date < this:
            continue
        if entry.entry_type not in NO_DUTY:
            of_number[entry.identifier_id] += entry.duty + entry.mpf + (entry.hmf or 0) + entry.tax + entry.other_fees
        if (entry.filer_id if broker else entry.account_id) != account.pk:
            continue
        counted = entry.entry_type in COUNTED
        found["entries12"] += counted
        found["lines12"] += entry.lines if counted else 0
        found["value12"] += entry.value
        found["duty12"] += entry.duty
        found["value_last_half" if entry.entry_date >= half else "value_half_before"] += entry.value
    for month in EntryMonth.objects.filter(source="cbp", month__gte=year, month__lt=this):
        if (month.filer_id if broker else month.account_id) == account.pk:
            found["unsure_entries"] += max(month.estimated_entries, month.hmf_unknown_entries)
    for examination in Examination.objects.all():
        if (examination.filer_id if broker else examination.account_id) != account.pk:
            continue
        if not two_years <= examination.selected < this or examination.closed is None:
            continue
        reason = Selection.objects.get(examination=examination).reason
        review = examination.type == "ESR" and reason == "RANDOM"
        wrong = examination.disposition not in ("NO_DISCREPANCY", "PENDING")
        found["reviews"] += review
        found["reviews_wrong"] += review and wrong
        found["reviews_major"] += review and wrong and examination.disposition != "DISCREPANCY_LOL"
        if wrong and (review or reason in ("TARGETED", "AGENCY", "FOLLOWUP")):
            found["finds"] += 1
            for discrepancy in Discrepancy.objects.filter(examination=examination):
                found["owed"] += max(discrepancy.revenue_difference or 0, 0)
    bonds = Bond.objects.filter(account=account, bond_type="8", activity_code="1", effective__lte=as_of)
    standing = [bond for bond in bonds.order_by("effective") if bond.terminates is None or bond.terminates > as_of]
    if standing:
        found["bond_amount"] = standing[-1].amount
        for covered in standing[-1].covered.all():
            found["duties_taxes_fees12"] += of_number[covered.identifier_id]
    found |= reference_trade(account, this)
    for enrollment in Enrollment.objects.filter(account=account):
        if enrollment.since is None or enrollment.since <= as_of:
            if enrollment.program == "CTPAT":
                found["ctpat_tier"] = Decimal(enrollment.tier or 1)
            if enrollment.program == "ISA":
                found["isa"] = Decimal(1)
    found["rate"] = (found["reviews_wrong"] + 2) / (found["reviews"] + 40)
    return {name: float(found[name]) for name in NAMES}


def reference_trade(account: Account, this: datetime.date) -> dict[str, Decimal]:
    """Value in issues, and what is new, line by line."""
    year, half, before = months_back(this, 12), months_back(this, 6), months_back(this, 18)
    side = {"filer": account} if account.kind == "broker" else {"account": account}
    lines = EntryLine.objects.filter(**side, source="cbp", entry_date__gte=before, entry_date__lt=this)
    found: dict[str, Decimal] = defaultdict(Decimal)
    seen: dict[str, set[str]] = defaultdict(set)
    late: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line in lines.select_related("entry"):
        chapter = int(line.hts[:2])
        if line.entry_date >= year:
            found["agriculture12"] += line.value if 1 <= chapter <= 24 else 0
            found["textiles12"] += line.value if 50 <= chapter <= 63 else 0
            found["adcvd12"] += line.value if line.entry.entry_type in ("03", "07", "34", "38") else 0
        for kind, code in (("supplier", line.manufacturer_id), ("origin", line.origin), ("heading", line.hts[:4])):
            if line.entry_date >= half:
                late[kind][code] += line.value
            else:
                seen[kind].add(code)
    for kind, codes in late.items():
        new = {code: value for code, value in codes.items() if code and code not in seen[kind]}
        found[f"new_{kind}s"], found[f"new_{kind}_value"] = Decimal(len(new)), sum(new.values(), Decimal(0))
    for month in DutyMonth.objects.filter(**side, source="cbp", month__gte=year, month__lt=this):
        found["agreements12"] += month.claimed_value
    return found


def reference_parts(x: dict[str, float]) -> dict[str, int]:
    """Points of model 2 in hundredths by its formulas, with nothing but the mathematics of a school."""
    span = math.log(50_000) + math.log(30) + math.log(60)

    def term(value: float, low: float, high: float) -> int:
        return round(7000 * math.log(min(max(value, low), high) / low) / span)

    def part(points: int, share: float) -> int:
        return round(points * min(max(share, 0), 1))

    owed = x["owed"] / max(x["duty12"] / max(x["lines12"], 1), 1)
    use = 0.1 * x["duties_taxes_fees12"] / x["bond_amount"] if x["bond_amount"] else 0
    exposed = x["agriculture12"] + x["textiles12"] + x["adcvd12"] + x["agreements12"]
    new = max(x["new_supplier_value"], x["new_origin_value"], x["new_heading_value"])
    parts = {
        "duty_at_stake": term(x["duty12"], 1_000, 50_000_000),
        "likelihood": term(x["rate"], 0.01, 0.3),
        "severity": term((owed + 2) / (x["finds"] + 10), 0.05, 3),
        "majors": part(400, ((x["reviews_major"] + 1) / (x["reviews_wrong"] + 4) - 0.25) / 0.5),
        "exposure": part(600, exposed / x["value12"] if x["value12"] else 0),
        "change": part(600, new / x["value_last_half"] / 0.5 if x["value_last_half"] else 0),
        "growth": 0,
        "controls": 0,
        "bond_use": part(700, (use - 0.5) / 0.7),
        "data_quality": part(300, x["unsure_entries"] / max(x["entries12"], 1)),
        "programs": round(-200 * x["ctpat_tier"] - 400 * x["isa"]),
    }
    total = sum(parts.values())
    return parts | {"limit_of_scale": min(max(total, 0), 10_000) - total}
