from django.core.management.base import BaseCommand

from notifications import sending


class Command(BaseCommand):
    help = "Deliver what is due; safe to run twice, at once, or after a crash."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(f"sent={sending.send_all()}")
