"""`manage.py seed_shop`: puts the sample assortment on sale. A second run adds nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from cart import assortment


class Command(BaseCommand):
    help = "Puts the sample assortment on sale; items that are there already stay as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        added = assortment.put_on_sale()
        if options["verbosity"]:
            self.stdout.write(f"{added} items added.")
