from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.models import ApiToken, Person


class Command(BaseCommand):
    help = "Make an API token for a person and print it, once; it is kept nowhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="made on the command line", help="what it is for")

    def handle(self, *args: Any, **options: Any) -> None:
        person = Person.objects.filter(email=options["email"].strip().lower()).first()
        if person is None:
            raise CommandError(f"There is no person with the address {options['email']}.")
        try:
            _, text = ApiToken.objects.issue(person, options["name"], by=None)
        except ValidationError as error:
            raise CommandError(error.messages[0]) from None
        self.stdout.write(text)
