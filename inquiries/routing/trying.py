"""What a change of the rules would do to last year's inquiries: how many go elsewhere, and which kinds nobody covers."""

import datetime
from collections.abc import Sequence
from uuid import UUID

from accounts.models import Enrollment
from inquiries.models import Category, Inquiry, Rule
from inquiries.routing.comparing import Tried, compared
from inquiries.routing.matching import Condition, Facts

YEAR = datetime.timedelta(days=365)


def facts_since(since: datetime.datetime) -> list[Facts]:
    """What rules ask of the inquiries asked since then, those apart that lead to a ruling. Two statements."""
    programs: dict[UUID, frozenset[str]] = {}
    for account, program in Enrollment.objects.values_list("account", "program"):
        programs[account] = programs.get(account, frozenset()) | {program}
    rows = Inquiry.objects.filter(asked_at__gte=since).exclude(not_imported=True, category__before_import=True)
    fields = ("category", "account__center", "heading", "port", "amount", "account")
    return [
        Facts(category, center or "", heading, port, amount, programs.get(account, frozenset()))
        for category, center, heading, port, amount, account in rows.values_list(*fields).iterator(2_000)
    ]


def try_change(changed: Rule, now: datetime.datetime) -> Tried:
    """What last year's inquiries would do if this rule were kept as it is now, saved or not."""
    present = list(Rule.objects.select_related("group").order_by("place", "pk"))
    others = [rule for rule in present if rule.pk != changed.pk]
    # A new rule comes after those of the same place, as it will once it has a number.
    last = max((rule.pk for rule in present), default=0) + 1
    planned = sorted([*others, changed], key=lambda rule: (rule.place, rule.pk or last))
    tried = compared(_holding(present), _holding(planned), facts_since(now - YEAR))
    names = dict(Category.objects.values_list("code", "name"))
    return Tried(tried.inquiries, tried.moves, [(names.get(code, code), number) for code, number in tried.uncovered])


def _holding(rules: Sequence[Rule]) -> list[tuple[str, Condition]]:
    return [(rule.group.name, rule.condition) for rule in rules if rule.active and rule.group.active]
