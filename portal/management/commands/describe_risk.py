from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from compliance.risk.described import page


class Command(BaseCommand):
    help = "Write docs/risk.md from the factors and models of the code."

    def handle(self, *args: Any, **options: Any) -> None:
        (settings.BASE_DIR / "docs" / "risk.md").write_text(page(), encoding="utf-8")
