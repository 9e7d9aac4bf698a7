import datetime
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from examinations.loading.kinds import names
from examinations.loading.load import load_path
from examinations.loading.reading import UnusableFile


class Command(BaseCommand):
    help = "Load a file. Exit code 0: all well; 1: some rows rejected; 2: the file is unusable, nothing changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=names())
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="check everything, change nothing")
        parser.add_argument("--partial", action="store_true", help="withdraw nothing that the file lacks")
        parser.add_argument("--as-of", metavar="YYYY-MM-DD", help="the day as of which the file speaks")
        parser.add_argument("--rejects", type=Path, metavar="OUT.csv", help="where to write the rejected rows")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            as_of = datetime.date.fromisoformat(options["as_of"]) if options["as_of"] else None
        except ValueError:
            raise CommandError(f"--as-of {options['as_of']!r} is not YYYY-MM-DD.", returncode=2) from None
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.", returncode=2)
        if not os.access(path, os.R_OK):
            raise CommandError(f"The file {path} may not be read.", returncode=2)
        # A day begins east of New York before it does there; a file of that day is none to come.
        if as_of and as_of > timezone.localdate() + datetime.timedelta(days=1):
            raise CommandError(f"--as-of {as_of}: a report cannot be of a day to come.", returncode=2)
        _check_rejects(options["rejects"], path)
        try:
            outcome = load_path(
                options["kind"],
                path,
                as_of=as_of,
                partial=options["partial"],
                dry_run=options["dry_run"],
                rejects_to=options["rejects"],
            )
        except UnusableFile as error:
            raise CommandError(str(error), returncode=2) from error
        except KeyboardInterrupt:
            raise CommandError("Stopped; nothing was changed.", returncode=2) from None
        if outcome.message:
            self.stdout.write(outcome.message)
        self.stdout.write(
            f"loaded={outcome.loaded} unchanged={outcome.unchanged} rejected={outcome.rejected} "
            f"withdrawn={outcome.withdrawn}"
        )
        if outcome.rejected:
            sys.exit(1)


def _check_rejects(to: Path | None, path: Path) -> None:
    """Refuse at once where the rejected rows could not be written, or would be written over the file itself."""
    if to is None:
        return
    if to.exists() and to.samefile(path):
        raise CommandError("--rejects would write over the file that is loaded.", returncode=2)
    if to.is_dir() or not os.access(to if to.exists() else to.parent, os.W_OK):
        raise CommandError(f"--rejects: {to} cannot be written.", returncode=2)
