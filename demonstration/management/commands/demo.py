import datetime
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Account
from compliance.effect.tasks import study_as_of
from compliance.measurement.own_rates import recomputing as own_rates
from compliance.selection.models import Candidate
from demonstration import bonded, followed, scored, selected
from demonstration.brought import bring_in, make_accounts
from demonstration.living import live, write_corrections
from demonstration.measured import plant
from demonstration.settling import settle
from demonstration.uploaded import upload
from demonstration.world import World, write_files
from examinations.breakdowns import counting as breakdowns
from examinations.checks.finding import look
from examinations.duty import months as duty
from examinations.loading.load import load_path
from examinations.models import CheckFinding, Entry, EntryLine, Examination
from examinations.peers.measuring import measure_peers
from look.formats import plural
from notifications.invitations import nobody_invited

KINDS = ("accounts", "entries", "examinations", "requests", "bonds")
ACCOUNTS_AT_ONCE = 50


class Command(BaseCommand):
    help = "Load the demonstration. The same seed and day give the same rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--lines", type=int, default=settings.DEMO_LINES, help="entry lines (default: DEMO_LINES, else 600,000)"
        )
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--as-of", metavar="YYYY-MM-DD", help="the day of the demonstration (default: today)")
        parser.add_argument("--once", action="store_true", help="do nothing where accounts exist already")

    def handle(self, *args: Any, **options: Any) -> None:
        if Account.objects.exists():
            if options["once"]:
                return
            raise CommandError("There are accounts already; the demonstration is loaded into an empty database.")
        try:
            text = options["as_of"]
            as_of = datetime.date.fromisoformat(text) if text else timezone.localdate()
            if options["lines"] < 5_000:
                raise ValueError("The demonstration needs at least 5,000 lines.")
        except ValueError as error:
            raise CommandError(str(error)) from error
        self._load(options["lines"], options["seed"], as_of)

    @nobody_invited()  # three hundred invented contacts would flood the mailbox, and none of them reads it
    def _load(self, lines: int, seed: int, as_of: datetime.date) -> None:
        self.stdout.write(f"Loading the demonstration, {lines:,} entry lines; this takes a minute or two.")
        start = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="demonstration-") as folder:
            world = write_files(Path(folder), lines=lines, seed=seed, as_of=as_of)
            self._say(start, "invented")
            # All of it or nothing: one that was interrupted half-way must be loaded anew, not stay half for ever.
            with transaction.atomic():
                self._bring_in(Path(folder), world, start, seed)

    def _bring_in(self, folder: Path, world: World, start: float, seed: int) -> None:
        make_accounts(world, seed)
        for kind in KINDS:
            loaded = 0
            for outcome in bring_in(kind, folder, world):
                if outcome.rejected:
                    raise CommandError(f"{outcome.rejected} rows of {kind}.csv were rejected.")
                loaded += outcome.loaded
            self._say(start, f"{kind}: {loaded:,} rows loaded")
        corrections = write_corrections(folder, world)
        if corrections and load_path("entries", corrections).rejected:
            raise CommandError("Rows of corrections.csv were rejected.")
        _look_over()
        plans = plant(folder, world, seed)
        self._say(start, f"{plural(len(plans), 'plan')} of measurement, with reviews")
        duty.recount(None)
        breakdowns.recount(None)
        self._say(start, "sums by program, port, heading, origin and supplier")
        settle(world)
        live(world)
        self._say(start, "people, managers and notices")
        if own := upload(folder, world):
            account = [Account.objects.get(name=world.importer).pk]
            duty.recount(account)
            breakdowns.recount(account)
            self._say(start, f"{own.loaded} rows that the importer uploaded itself, {own.rejected} rejected")
        self._say(start, f"{bonded.plant(world)} bonds reviewed")
        accounts = list(Account.objects.order_by("pk").values_list("pk", flat=True))
        for first in range(0, len(accounts), ACCOUNTS_AT_ONCE):
            look(accounts[first : first + ACCOUNTS_AT_ONCE], world.as_of)
        self._say(start, f"{CheckFinding.objects.count():,} lines for the checks to show")
        self._say(start, f"{own_rates.recompute(None, world.as_of)} accounts rated")
        self._say(start, f"{plural(followed.follow(world), 'trend')} found month by month")
        self._say(start, f"{scored.score(world)} accounts scored, and a year of months")
        self._say(start, f"backtest: {scored.look_back(world)}")
        rounds = selected.plant(world, seed)
        self._say(start, f"{plural(len(rounds), 'selection round')}, {Candidate.objects.count()} candidates")
        study_as_of(world.as_of)
        self._say(start, "what came of selection, and what is under management")
        self._say(start, f"{measure_peers(world.as_of)} medians of peers")

    def _say(self, start: float, what: str) -> None:
        self.stdout.write(f"  {time.monotonic() - start:5.1f} s  {what}")


def _look_over() -> None:
    """Refresh what the planner knows: nobody does while the transaction runs, and it takes all tables for empty."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"ANALYZE {', '.join(model._meta.db_table for model in (Account, Entry, EntryLine, Examination))}"
        )
