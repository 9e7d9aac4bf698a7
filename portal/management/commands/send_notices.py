import signal
import threading

from django.core.management.base import BaseCommand, CommandError

from notifications import sending


class Command(BaseCommand):
    help = "Deliver what is due; safe to run twice, at once, or after a crash. Asked to end, it ends after a mail."

    def handle(self, *args: object, **options: object) -> None:
        asked = threading.Event()
        before = {how: signal.signal(how, lambda *_: asked.set()) for how in (signal.SIGTERM, signal.SIGINT)}
        try:
            sent = sending.send_all(asked.is_set)
        except PermissionError as objection:
            raise CommandError(str(objection)) from objection
        except sending.ServerAway as away:
            raise CommandError(
                f"The mail server does not answer ({away}). Nothing is lost; the next try is due in two minutes."
            ) from away
        finally:
            for how, handler in before.items():
                signal.signal(how, handler)
        self.stdout.write(f"sent={sent}")
