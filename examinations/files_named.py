"""What a person may call the files that brought or replaced a row: by name, or that CBP sent one, and when."""

import datetime
import uuid
from collections.abc import Iterable, Mapping

from accounts.models import Person
from examinations.models import Load
from look.formats import long_day

BY_HAND = "written down by hand"
EARLIER = "an earlier CBP file"


class Files:
    """Names of loads for one reader; one statement.

    days: by load, the day on which it came, as far as the past that the reader may see tells it.
    """

    def __init__(
        self, reader: Person, loads: Iterable[uuid.UUID | None], days: Mapping[uuid.UUID, datetime.date]
    ) -> None:
        known = Load.objects.visible_to(reader).filter(pk__in={one for one in loads if one})
        self.names = dict(known.values_list("pk", "file_name"))
        self.days = days

    def said(self, load: uuid.UUID | None) -> str:
        """The file of a load; that there was none, where staff wrote it down by hand (None)."""
        if load is None:
            return BY_HAND
        day = long_day(self.days[load]) if load in self.days else ""
        if name := self.names.get(load):
            return f"{name}, {day}" if day else name
        return f"CBP file of {day}" if day else EARLIER


def load_of(was: Mapping[str, object]) -> uuid.UUID | None:
    """The load that brought a row, of a row as history keeps it: JSON has its id as text."""
    given = was.get("load_id")
    return given if given is None or isinstance(given, uuid.UUID) else uuid.UUID(str(given))
