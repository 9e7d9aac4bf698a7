import os
import signal
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError, connection

from examinations.loading.watching import Folder


class Command(BaseCommand):
    help = (
        "Load the files that arrive in a folder, and move each to `done` or `failed` with its rejects beside it. "
        "Asked to end, it ends after the file in hand; killed, it leaves the file to the next one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--every", type=float, default=2.0, metavar="SECONDS", help="a file is ready when it kept its size so long"
        )
        parser.add_argument("--once", action="store_true", help="load what is there, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["folder"]
        if not path.is_dir() or not os.access(path, os.R_OK | os.W_OK | os.X_OK):
            raise CommandError(f"{path} is no folder in which files can be read and moved.", returncode=2)
        if not 0.05 <= options["every"] <= 3600:
            raise CommandError("--every takes seconds from 0.05 to 3600.", returncode=2)
        folder, asked = Folder(path), threading.Event()
        before = {how: signal.signal(how, lambda *_: asked.set()) for how in (signal.SIGTERM, signal.SIGINT)}
        try:
            folder.settled()
            while not asked.wait(options["every"]):
                self._look(folder, asked)
                if options["once"]:
                    break
        finally:
            for how, handler in before.items():
                signal.signal(how, handler)

    def _look(self, folder: Folder, asked: threading.Event) -> None:
        try:
            for said in folder.look():
                self.stdout.write(said)
                self.stdout.flush()
                if asked.is_set():
                    return
        except (OperationalError, InterfaceError) as away:
            self.stderr.write(f"The database does not answer ({away}). The file stays; the next try follows.")
            connection.close()
