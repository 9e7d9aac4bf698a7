import datetime
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from compliance.bonds.looking_ahead import look_ahead
from compliance.bonds.reviewing import review


class Command(BaseCommand):
    help = "Review all bonds by the published formula, and reckon the twelve months ahead of each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", metavar="YYYY-MM-DD", help="as of this day (default: today in New York)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            day = options["as_of"]
            as_of = datetime.date.fromisoformat(day) if day else timezone.localdate()
        except ValueError as error:
            raise CommandError(str(error)) from error
        reviewed, changed = review(None, as_of)
        self.stdout.write(f"reviewed={reviewed} changed={changed} ahead={look_ahead(None, as_of)}")
