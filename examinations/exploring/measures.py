"""What can be counted of examinations: one aggregate over the rows of a cell."""

from dataclasses import dataclass, field, replace

from django.db.models import Exists, OuterRef, Q

from examinations import figures
from examinations.figures import CARGO
from examinations.filters import OTHER_RESULT
from examinations.models import Discrepancy
from examinations.models.entry import Source
from examinations.models.examination import OPEN_DISPOSITIONS, Disposition


@dataclass(frozen=True)
class Measure:
    """key: in addresses. said: in a sentence, after "the most". sql: aggregate over the rows of the statement of `pivot`; of
    what is read from sums alone, the column of the sums. page, rows: the list of what it counts, and its filters.
    definition: the key of one in examinations.figures.definitions, "" for none. of_cost: whether it tells what
    examinations cost."""

    key: str
    label: str
    said: str
    unit: str
    sql: str
    rows: dict[str, list[str]]
    definition: str = ""
    of_cost: bool = False
    page: str = "examinations"
    #: Of a share: the column of the sums that it is counted on; `sql` is that of what is found among these.
    share_of: str = ""
    #: Whether it tells what was picked at random.
    of_random: bool = False
    #: Of which examinations it counts anything at all; the others need not be read.
    among: Q = field(default_factory=Q)
    #: Of entries: whether those that CBP loaded, or those that the account uploaded itself.
    source: Source = Source.CBP

    @property
    def of_entries(self) -> bool:
        """Whether it is about entries, examined or not."""
        return self.page != "examinations"

    @property
    def is_share(self) -> bool:
        """Whether its values are rates, each with what it is counted on."""
        return bool(self.share_of)

    @property
    def of_months(self) -> bool:
        """Whether it is read from sums by month, so that months are whole."""
        return self.of_entries or self.is_share

    @property
    def is_own(self) -> bool:
        """Whether it is about what the account uploaded itself, which nobody else reads."""
        return self.source == Source.OWN


def _found(**differs: int) -> Q:
    parts = Discrepancy.objects.filter(examination=OuterRef("pk"), **differs)
    return Q(Exists(parts), closed__isnull=False)


#: Entries are counted where an examination can meet them (domain 2.7); value and duty are of all.
COUNTED = {"counted": ["1"]}
ALL = {"reviews": ["1"]}
#: Closed with anything but "no discrepancy".
WRONG = ALL | {"result": [Disposition.LETTER_OF_LAW.value, Disposition.MAJOR.value, OTHER_RESULT]}
#: Who manages an account lists its open reviews of papers too; no figure counts them.
CLOSED = ALL | {"result": [one.value for one in Disposition if one not in OPEN_DISPOSITIONS]}
MEASURES: dict[str, Measure] = {
    one.key: one
    for one in (
        Measure(
            "cargo",
            "Cargo examinations",
            "cargo examinations",
            "count",
            "count(*) FILTER (WHERE cargo)",
            {},
            among=CARGO,
        ),
        Measure(
            "wrong",
            "Examinations and reviews with a discrepancy",
            "examinations and reviews with a discrepancy",
            "count",
            "count(*) FILTER (WHERE wrong)",
            WRONG,
            among=figures.WRONG,
        ),
        Measure(
            "reviews",
            "Closed reviews of lines",
            "closed reviews of lines",
            "count",
            "count(*) FILTER (WHERE NOT cargo)",
            CLOSED | {"type": ["ESR"], "of": ["line"]},
            among=~CARGO & Q(line__isnull=False),
        ),
        Measure(
            "days",
            "Days held, median",
            "days held",
            "days",
            "percentile_cont(0.5) WITHIN GROUP (ORDER BY days) FILTER (WHERE cargo)",
            {"result": ["released"]},
            "days",
            among=CARGO,
        ),
        Measure(
            "days90",
            "Days held, nine of ten within",
            "days held",
            "days",
            "percentile_cont(0.9) WITHIN GROUP (ORDER BY days) FILTER (WHERE cargo)",
            {"result": ["released"]},
            "days",
            among=CARGO,
        ),
        Measure(
            "long",
            "Held over five business days",
            "stays over five business days",
            "count",
            "count(*) FILTER (WHERE cargo AND long_stay)",
            {"result": ["long"]},
            "long_stays",
            among=CARGO & Q(released__isnull=False),
        ),
        Measure(
            "owed",
            "More owed, dollars",
            "duty found to be owed",
            "money",
            "sum(owed)",
            ALL | {"money": ["owed"]},
            "owed",
            among=_found(revenue_difference__gt=0),
        ),
        Measure(
            "overpaid",
            "Overpaid, dollars",
            "duty found to be overpaid",
            "money",
            "sum(overpaid)",
            ALL | {"money": ["overpaid"]},
            "owed",
            among=_found(revenue_difference__lt=0),
        ),
        Measure(
            "cost",
            "Cost, dollars",
            "cost of being examined",
            "money",
            "sum(cost)",
            {"money": ["cost"]},
            "cost",
            of_cost=True,
        ),
        Measure(
            "error",
            "Error rate, at random",
            "share of lines in error",
            "share",
            "reviews_wrong",
            ALL | {"reason": ["random"], "type": ["ESR"], "of": ["line"]},
            "random",
            share_of="reviews",
            of_random=True,
        ),
        Measure(
            "examined",
            "Examination rate",
            "share of entries examined",
            "share",
            "examined",
            COUNTED | {"examined": ["cargo"]},
            "examined",
            page="entries",
            share_of="entries",
        ),
        Measure("entries", "Entries", "entries", "count", "entries", COUNTED, "trade", page="entries"),
        Measure(
            "lines",
            "Lines",
            "lines",
            "count",
            "lines",
            COUNTED | {"rows": ["lines"]},
            "trade",
            page="entry-lines",
        ),
        Measure("value", "Value, dollars", "value", "money", "value", {}, "trade", page="entry-lines"),
        Measure("duty", "Duty, dollars", "duty deposited", "money", "duty", {}, "trade", page="entry-lines"),
    )
}

#: What may be asked of one's own files: how much, by what; an examination, and so a rate, is CBP's alone.
OF_OWN_FILES = ("entries", "lines", "value", "duty")


def _of_own_files(one: Measure) -> Measure:
    """The same measure of what the account uploaded itself."""
    rows = one.rows | ({"marked": ["own"]} if one.page == "entries" else {"source": [Source.OWN.value]})
    label, said = f"Own {one.label[0].lower()}{one.label[1:]}", f"own {one.said}"
    return replace(one, key=f"own-{one.key}", label=label, said=said, rows=rows, source=Source.OWN)


MEASURES |= {own.key: own for own in (_of_own_files(MEASURES[name]) for name in OF_OWN_FILES)}
