from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

WHO = {
    "importer": "an importer's administrator",
    "broker": "its customs broker",
    "stranger": "another importer",
    "manager": "the account manager",
    "expert": "a subject matter expert",
    "hq": "headquarters",
    "approver": "headquarters, the second person",
}


class Command(BaseCommand):
    help = "Print the portal's address and the demonstration's sign-ins."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"\nThe portal is at {settings.PORTAL_ADDRESS}/")
        if settings.DEMONSTRATION:
            self.stdout.write(f"Sign in with the password {settings.DEMO_PASSWORD} as")
            for name, who in WHO.items():
                self.stdout.write(f"  {name + '@demo.example':24} {who}")
        self.stdout.write("Ctrl-C ends it.\n")
