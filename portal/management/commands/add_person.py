from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from accounts.history import acting
from accounts.models import Person
from accounts.sign_in import password_address

ROLES = [role.value for role in (Person.Role.HEADQUARTERS, Person.Role.MANAGER, Person.Role.EXPERT)]


class Command(BaseCommand):
    help = "Add a person who works for the government; prints a one-time address to set a password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--role", required=True, choices=ROLES)
        parser.add_argument("--name", default="", help="as others read it (default: from the address)")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{options['email']!r} is no mail address.") from None
        name = " ".join(options["name"].split()) or email.split("@")[0].replace(".", " ").title()
        if len(email) > 254 or len(name) > 120:
            raise CommandError("The address takes 254 characters at most, the name 120.")
        try:
            with transaction.atomic(), acting(None, "add person"):
                person = Person.objects.create_user(email, name=name, role=options["role"])
        except IntegrityError:
            raise CommandError(f"There is a person with the address {email} already.") from None
        self.stdout.write(password_address(person))
