from django.core.management.base import BaseCommand

from notifications import home


class Command(BaseCommand):
    help = "Let this database's mail leave from this installation and no other: after a move, never in a copy."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(f"Mail leaves from {home.move_here().address} from now on.")
