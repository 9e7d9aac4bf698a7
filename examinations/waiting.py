"""What an examination's goods wait for: the recorded detention, where it stands, and what is still asked for."""

import datetime
from dataclasses import dataclass, field

from django.db.models import Prefetch

from accounts.models import Person
from documents.models import Document
from examinations.holding import Holding, holding_of
from examinations.models import Detention, DetentionItem, Examination
from examinations.models.detention import detention_of, items_for


@dataclass(frozen=True)
class Waiting:
    """Of one examination, for one person. items: all that is asked for, with the files sent."""

    detention: Detention | None
    holding: Holding | None
    items: list[DetentionItem] = field(default_factory=list)

    @property
    def open_items(self) -> list[DetentionItem]:
        """What the account has still to send; nothing once it is decided."""
        if self.holding is None or (self.detention and self.detention.outcome):
            return []
        return [item for item in self.items if item.waits_for_the_account]

    @property
    def waits_for(self) -> str:
        """What is still to be sent, to follow "waiting for"; empty where nothing is."""
        items = self.open_items
        if not items:
            return ""
        return f"“{items[0].text}”" if len(items) == 1 else f"{len(items)} papers"


def papers_asked(examinations: list[Examination], person: Person) -> dict[int, list[DetentionItem]]:
    """By examination, what its account has still to send: two statements for all of them."""
    detained = [one.pk for one in examinations if (found := detention_of(one)) and not found.outcome]
    if not detained:
        return {}
    papers = Document.objects.visible_to(person).current()
    items = DetentionItem.objects.filter(detention__in=detained, dropped_at=None, accepted_at=None)
    asked: dict[int, list[DetentionItem]] = {}
    for item in items.prefetch_related(Prefetch("documents", papers)):
        if item.waits_for_the_account:
            asked.setdefault(item.detention_id, []).append(item)
    return asked


def waiting_of(examination: Examination, person: Person, as_of: datetime.date) -> Waiting:
    """Where the goods stand and what is asked for. The query must have joined `detention`."""
    detention = detention_of(examination)
    items = items_for(detention, person) if detention else []
    return Waiting(detention, holding_of(examination, detention, as_of), items)
