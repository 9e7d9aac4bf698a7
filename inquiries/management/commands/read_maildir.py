"""Read the mails that a mail server left in a Maildir: replies to mails about inquiries land in their threads, and what
servers report of our mails is taken in."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inquiries.by_mail.maildir import read_maildir
from inquiries.by_mail.taking_in import take_in_all
from notifications import reports


class Command(BaseCommand):
    help = "Read new mails of a Maildir; safe to run twice, at once, or after a crash."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            kept, known = read_maildir(folder)
        except (ValueError, PermissionError) as error:
            raise CommandError(str(error)) from error
        settled = 0
        while more := take_in_all():
            settled += more
        while reports.take_in() == reports.BATCH:
            pass
        self.stdout.write(f"kept={kept} known={known} settled={settled}")
