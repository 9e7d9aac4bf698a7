"""A small world whose accounts traded many things, for questions about them."""

import datetime
import random
from decimal import Decimal
from typing import Any

from django.utils import timezone

from examinations.breakdowns.counting import recount
from examinations.models import Entry, EntryLine
from tests.named_people import World, make_account, make_entry

HTS = ("8501104020", "8501320100", "8502131000", "9403608081", "6404193560", "0804400020", "9903880300")
ORIGINS = ("CN", "VN", "MX")
PORTS = ("2704", "2709", "2304")
SPI = ("", "", "S", "MX")
CASES = ("", "", "", "A-570-967", "C570968000")
MIDS = ("CNSHEELE12SHE", "CNSHENGX9GUA", "VNHANOI1HAN")
TYPES = ("01", "01", "03", "21")


def trade(world: World, rows: int = 120, seed: int = 7) -> World:
    """Give the three accounts and three more many rows of trade over fourteen months, and count the sums."""
    random.seed(seed)
    others = [make_account(f"Importer {n}", "importer", f"96-6000{n:03}00") for n in range(3)]
    today = timezone.localdate()
    for n in range(rows):
        account = random.choice([world.quillard, world.stranger, *others])
        day = today - datetime.timedelta(days=random.randrange(420))
        filer = random.choice([world.lindale, world.lindale, None])
        entry = make_entry(world.load, f"9XZ8{n:07}", account, filer, entry_date=day)
        Entry.objects.filter(pk=entry.pk).update(entry_type=random.choice(TYPES))
        EntryLine.objects.filter(entry=entry).update(
            hts=random.choice(HTS),
            origin=random.choice(ORIGINS),
            port=random.choice(PORTS),
            spi=random.choice(SPI),
            adcvd_case=random.choice(CASES),
            manufacturer_id=random.choice(MIDS),
            value=Decimal(random.randrange(100, 5_000_000)) / 100,
            counts_value=random.random() < 0.9,
            source="own" if random.random() < 0.1 and account == world.quillard else "cbp",
        )
    recount(None)
    return world


def give(account: Any, world: World, number: str, **fields: Any) -> EntryLine:
    """One entry with one line of an account, thirty-five days ago unless said."""
    day = fields.pop("entry_date", timezone.localdate() - datetime.timedelta(days=35))
    entry = make_entry(world.load, number, account, fields.pop("filer", None), entry_date=day)
    EntryLine.objects.filter(entry=entry).update(**fields)
    line: EntryLine = EntryLine.objects.get(entry=entry)
    return line
