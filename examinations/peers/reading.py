"""What an account reads of its peers: medians of its groups, and its own place; nothing else is on file for it."""

from dataclasses import dataclass
from typing import Any

from accounts.models import Account, Person
from examinations.models import PeerFigure, PeerGroup, PeerMeasure, PeerMember, PeerStanding


@dataclass(frozen=True)
class Beside:
    """One measure beside the median of the group; `place`: between which percentiles the account lies, if known."""

    measure: PeerMeasure
    median: float
    place: tuple[int, int] | None
    month: Any

    @property
    def is_share(self) -> bool:
        return self.measure != PeerMeasure.DAYS


def group_of(account: Account, person: Person | None) -> PeerGroup | None:
    """The account's newest group of its kind and size; None where there is none, or it is not this person's to know."""
    mine = PeerMember.objects.visible_to(person).filter(account=account).exclude(group__kind=PeerGroup.Kind.PORT)
    found = mine.select_related("group__center").order_by("-group__year").first()
    return found.group if found else None


def beside_peers(account: Account, group: PeerGroup, person: Person | None) -> list[Beside]:
    """The newest month's medians of the group with the account's own place, in two statements."""
    figures = list(PeerFigure.objects.visible_to(person).filter(group=group).order_by("-month"))
    newest = [one for one in figures if one.month == figures[0].month]
    standings = PeerStanding.objects.visible_to(person).filter(group=group, account=account)
    places = {(one.measure, one.month): (one.low, one.high) for one in standings}
    found = {
        one.measure: Beside(PeerMeasure(one.measure), one.median, places.get((one.measure, one.month)), one.month)
        for one in newest
    }
    return [found[measure] for measure in PeerMeasure if measure in found]


def medians_at_ports(account: Account, person: Person | None) -> dict[str, float]:
    """Of the ports where the account is in the group of those examined there: the median of their days held."""
    groups = PeerMember.objects.visible_to(person).filter(account=account, group__kind=PeerGroup.Kind.PORT)
    rows = PeerFigure.objects.visible_to(person).filter(group__in=groups.values("group"), measure=PeerMeasure.DAYS)
    return dict(rows.order_by("month").values_list("group__port", "median"))
