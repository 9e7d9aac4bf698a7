import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.selection.models import Round
from compliance.selection.words import replay_in_words


class Command(BaseCommand):
    help = "Compute the list of a selection round again from its record, and say whether it is the same byte for byte."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", type=int, help="the number of the round, as its page's address has it")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = Round.objects.filter(pk=options["id"]).first()
        if chosen is None:
            raise CommandError(f"There is no selection round {options['id']}.", returncode=2)
        if chosen.state == Round.State.DRAFT or not chosen.candidates.exists():
            raise CommandError("This round was never opened: there is no list to compute again.", returncode=2)
        found = chosen.replay()
        self.stdout.write(replay_in_words(chosen, found))
        self.stdout.write(f"lines={found.lines} differing={found.differing}")
        if not found.same:
            sys.exit(1)
