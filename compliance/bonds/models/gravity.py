"""How grave it is that a bond stands as it stands, and until when: for whichever bond or row of the review is put in order."""

from django.db.models import Case, DateField, F, IntegerField, Q, When

from compliance.bonds.states import IN_TROUBLE, WITH_DAYS, State

#: Places behind the states that are graver: the amount is CBP's to determine; nearly used up; expected to become too small.
MANUAL, WATCH, EXPECTED, ELSE = (len(IN_TROUBLE) + n for n in range(4))


def expected(of: str = "") -> Q:
    """Enough today, and half of the paths pass the bond within twelve months. of: the way to the review, such as "review__"."""
    return Q((f"{of}state", State.SUFFICIENT), (f"{of}short_half__isnull", False))


def manual(of: str = "") -> Q:
    """Bills are overdue, so that the amount is for manual determination, of a bond that no other took the place of."""
    return Q((f"{of}delinquent_since__isnull", False)) & ~Q((f"{of}state", State.REPLACED))


def grave(of: str = "") -> Case:
    """The place of a bond among all: 0 is the gravest. One without a review, or that is enough, comes last."""
    graver = (When(Q((f"{of}state", one)), then=n) for n, one in enumerate(IN_TROUBLE) if one != State.WATCH)
    return Case(
        *graver,
        When(manual(of), then=MANUAL),
        When(Q((f"{of}state", State.WATCH)), then=WATCH),
        When(expected(of), then=EXPECTED),
        default=ELSE,
        output_field=IntegerField(),
    )


def binding_day(of: str = "") -> Case:
    """The last day that CBP's letter gives in this state; none where no days run."""
    return Case(
        When(Q((f"{of}state", State.NOTIFIED)), then=F(f"{of}remedy_by")),
        When(Q((f"{of}state__in", WITH_DAYS)), then=F(f"{of}in_force_by")),
        output_field=DateField(),
    )
