from collections.abc import Callable
from typing import Any, ClassVar

from django.db import models
from django.db.models import Func, Q, Value

from accounts.access import Reach, VisibleQuerySet, of_accounts
from accounts.models import Account
from examinations.models.entry import Entry, EntryLine, Source
from examinations.models.load import Load
from examinations.models.superseded import SupersededRow


def as_it_was(model: type[models.Model]) -> Callable[[type[models.Model]], type[models.Model]]:
    """Give a model the columns of another one but its id: accounts and loads as keys, what else it points to as numbers."""

    def with_columns(earlier: type[models.Model]) -> type[models.Model]:
        for one in model._meta.local_concrete_fields:
            if not one.primary_key:
                name = (
                    one.name if one.remote_field is None or one.remote_field.model in (Account, Load) else one.attname
                )
                earlier.add_to_class(name, _plain(one))
        return earlier

    return with_columns


def _plain(field: Any) -> Any:
    if field.remote_field is None:
        return field.clone()
    if field.remote_field.model not in (Account, Load):
        return models.BigIntegerField(null=field.null)
    # A constraint is a trigger a row, an index a write a row.
    on_delete = models.PROTECT if field.remote_field.model is Load else models.CASCADE
    return models.ForeignKey(
        field.remote_field.model, on_delete, related_name="+", null=field.null, db_index=False, db_constraint=False
    )


class Earlier(models.Model):
    """A stored row as it was before a load replaced or withdrew it. In history, out of every figure.

    Column by column as its table has it: a file that corrects every entry writes as many of them as it changes rows,
    and as JSON each would cost five times as much. `load` is the one that brought it, `replaced_by` the one that took
    its place.
    """

    # One order for the whole past: the ids of all three ledgers come from one sequence.
    id = models.BigIntegerField(
        primary_key=True, db_default=Func(Value("examinations_supersededrow_id_seq"), function="nextval")
    )
    row = models.BigIntegerField("id of the row that stood")
    replaced_by = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    why = models.CharField(max_length=9, choices=SupersededRow.Why)
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager.from_queryset(VisibleQuerySet)()

    class Meta:
        abstract = True

    @staticmethod
    def within(held: Reach) -> Q:
        """The past of what one may see now, as far as it was one's own then; an own upload's of its members alone."""
        past = of_accounts(held, "entries") | of_accounts(held, "filed", "filer") | of_accounts(held, "managed")
        return past & (~Q(source=Source.OWN) | of_accounts(held, "own"))


@as_it_was(Entry)
class EarlierEntry(Earlier):
    class Meta:
        verbose_name_plural = "earlier entries"
        indexes = [
            models.Index(fields=["number"], name="earlier_entry_number"),
            # Which entries of an account have an older version: the duty that later ones took off is counted from there.
            models.Index(fields=["account"], name="earlier_entry_of"),
        ]

    def __str__(self) -> str:
        return f"{self.number}, {self.why}"  # type: ignore[attr-defined]


@as_it_was(EntryLine)
class EarlierEntryLine(Earlier):
    number = models.CharField("entry number", max_length=11)

    class Meta:
        indexes = [models.Index(fields=["number"], name="earlier_entry_line_number")]

    def __str__(self) -> str:
        return f"{self.number} line {self.line:03} row {self.ordinal}, {self.why}"  # type: ignore[attr-defined]
