"""`manage.py ensure_staff ADDRESS`: a superuser for the admin; an existing one is left as it is."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User


class Command(BaseCommand):
    help = (
        "Makes a superuser with the password in the environment variable STAFF_PASSWORD, unless there is one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address")

    def handle(self, *args: Any, address: str, **options: Any) -> None:
        password = os.environ.get("STAFF_PASSWORD", "")
        if not password:
            raise CommandError("Set STAFF_PASSWORD in the environment.", returncode=2)
        if not User.objects.filter(email=address.lower()).exists():
            User.objects.create_superuser(address, password)
