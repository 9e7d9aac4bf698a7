"""Which goods released on condition are textiles: over their origin these may be demanded back for longer."""

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When

from accounts.models import Person
from examinations.clocks import TEXTILE_CHAPTERS
from examinations.models import Detention, EntryLine, Examination
from examinations.models.examination import HELD, RELEASED_OPEN

#: Released while the result is open, by the file or by what staff recorded.
ON_CONDITION = RELEASED_OPEN | HELD & Q(detention__outcome=Detention.Outcome.CONDITIONAL)


def with_textiles(rows: QuerySet[Examination], person: Person) -> QuerySet[Examination]:
    """Annotate `textiles` on goods released on condition: whether the line examined, or any of the entry where none is
    named, is of chapters 50 to 63; empty for other goods, and where their lines are not known."""
    first, last = TEXTILE_CHAPTERS
    lines = EntryLine.objects.visible_to(person).filter(entry=OuterRef("entry"))  # type: ignore[attr-defined]
    textile = lines.filter(hts__gte=str(first), hts__lt=str(last + 1))
    named = OuterRef("line")
    return rows.annotate(
        textiles=Case(
            When(~ON_CONDITION, then=Value(None, BooleanField())),
            When(Q(line=None) & Exists(textile) | Exists(textile.filter(line=named)), then=True),
            When(Q(line=None) & Exists(lines) | Exists(lines.filter(line=named)), then=False),
            output_field=BooleanField(),
        )
    )
