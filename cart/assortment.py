"""A small assortment that goes with the sample product, for a shop that is not empty. `manage.py seed_shop` puts it on
sale; from then on the rows are the truth, and they are edited in the admin.

The texts are marked for translation here, and translated where they are shown.
"""

from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_noop as _

from cart.models import Item, ItemPrice


@dataclass(frozen=True, slots=True)
class Sample:
    """An item as it is first put on sale. Prices are in the smallest unit, `price` in dollars, `others` by currency; no
    `stock` means that there is always one more."""

    slug: str
    name: str
    description: str
    price: int
    others: dict[str, int] = field(default_factory=dict)
    stock: int | None = None

    @property
    def picture(self) -> str:
        return f"{self.slug}.svg"


ASSORTMENT = (
    Sample(
        "atlas",
        _("Atlas of Filings"),
        _("A year of annual reports as maps: who files where, when and how much. 208 pages, bound in linen."),
        5800,
        {"eur": 5400, "jpy": 8800},
        stock=40,
    ),
    Sample(
        "poster",
        _("A Year of Filings, poster"),
        _(
            "Every filing day of the year as one bar. The tall one is the last day of March. 50 × 70 cm, matte."
        ),
        2400,
        {"eur": 2200, "jpy": 3600},
        stock=120,
    ),
    Sample(
        "mug",
        _("Exit 10-K mug"),
        _("For the week in which everybody files at once. Stoneware, 350 ml, safe in the dishwasher."),
        1600,
        {"eur": 1500, "jpy": 2400},
        stock=85,
    ),
    Sample(
        "cards",
        _("Form cards"),
        _("54 cards, each of which explains one form: what it says, who files it and what to look at first."),
        1950,
        {"eur": 1800, "jpy": 2900},
    ),
    Sample(
        "notebook",
        _("Field notebook"),
        _("Ruled like a ledger on the left, blank on the right. 192 pages that lie flat, with a pencil."),
        1450,
        stock=60,
    ),
    Sample(
        "tote",
        _("Open road tote"),
        _("Carries the atlas and three laptops. Heavy organic cotton, with long handles."),
        1800,
        {"eur": 1700},
        stock=75,
    ),
    Sample(
        "drive",
        _("The archive on a drive"),
        _(
            "Everything that the API answers, as Parquet and CSV on an encrypted 1 TB drive. Works with no network."
        ),
        14900,
        {"eur": 13900, "jpy": 22800},
        stock=12,
    ),
    Sample(
        "workshop",
        _("Workshop: reading filings with code"),
        _(
            "An afternoon online with at most twelve others: from an empty notebook to a chart that you can defend."
        ),
        19000,
        {"eur": 17500, "jpy": 29000},
        stock=3,
    ),
)


@transaction.atomic
def put_on_sale() -> int:
    """Add what is missing, by slug; whatever is there stays as it is. Returns how many were added."""
    added = 0
    for position, sample in enumerate(ASSORTMENT, start=1):
        values = {
            "name": sample.name,
            "description": sample.description,
            "picture": sample.picture,
            "price": sample.price,
            "currency": "usd",
            "stock": sample.stock,
            "position": position,
        }
        item, new = Item.objects.get_or_create(slug=sample.slug, defaults=values)
        if new:
            prices = [
                ItemPrice(item=item, currency=code, amount=price) for code, price in sample.others.items()
            ]
            ItemPrice.objects.bulk_create(prices)
        added += new
    return added
