from typing import ClassVar, Self

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q

from accounts.access import Reach, VisibleQuerySet, of_accounts, reach_now
from accounts.models import Account, Person


class SavedViewQuerySet(VisibleQuerySet):
    """One's own, and what colleagues share; headquarters too reads its own alone."""

    def visible_to(self, person: Person | None) -> Self:
        return self.filter(SavedView.within(reach_now(person)))

    def keep(self, account: Account, name: str, query: str, *, shared: bool, by: Person) -> "SavedView":
        """Keep a question under a name, in place of one's own of that name; shared only where the account is one's own.

        query: what was chosen, as the address writes it.
        """
        fields = {"query": query, "shared": shared and account.pk in reach_now(by).own}
        return self.update_or_create(account=account, by=by, name=name, defaults=fields)[0]


class SavedView(models.Model):
    """A question that a person keeps for an account: what was chosen, as the address writes it. Never its answer.

    Opened, it is asked again with what the reader may see. A shared one is the account's: its members read it, and who
    saved it alone removes it.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=400)
    shared = models.BooleanField("shared with the account's people", default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["SavedView"]] = models.Manager.from_queryset(SavedViewQuerySet)()

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["account", "by", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name

    def remove(self, *, by: Person) -> None:
        """Forget a question of one's own. Raises PermissionDenied for a colleague's."""
        if self.by_id != by.pk:
            raise PermissionDenied
        self.delete()

    @staticmethod
    def within(held: Reach) -> Q:
        """One's own, and what colleagues share."""
        return Q(by=held.person) | Q(shared=True) & of_accounts(held, "own")
