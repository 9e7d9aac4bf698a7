import datetime
import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from compliance.plans.verifying import verify


class Command(BaseCommand):
    help = "Say of the improvement plans of all accounts, or of some, whether they cured their problem."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", action="append", metavar="ID", help="only this account; may be repeated")
        parser.add_argument("--as-of", metavar="YYYY-MM-DD", help="as of this day (default: today in New York)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            accounts = [uuid.UUID(text) for text in options["account"]] if options["account"] else None
            day = options["as_of"]
            as_of = datetime.date.fromisoformat(day) if day else timezone.localdate()
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"ended={verify(accounts, as_of)}")
