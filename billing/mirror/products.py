"""Products and prices."""

from billing import statements
from billing.mirror.fields import Data, id_of, moment
from billing.mirror.kinds import Facts, Kind
from billing.models import MirroredObject, StripePrice, StripeProduct


def _read_product(data: Data) -> Facts:
    return {
        "key": (data.get("metadata") or {}).get("plan", ""),
        "name": data["name"],
        "active": data["active"],
    }


def _write_product(guard: MirroredObject, facts: Facts) -> None:
    statements.upsert(StripeProduct, [{"stripe_id": guard.stripe_id, **facts}])


def _forget_product(guard: MirroredObject) -> None:
    StripeProduct.objects.filter(stripe_id=guard.stripe_id).update(active=False)


def _read_price(data: Data) -> Facts:
    return {
        "product_id": id_of(data["product"]),
        "lookup_key": data.get("lookup_key") or "",
        "interval": (data.get("recurring") or {}).get("interval", ""),
        "currency": data["currency"],
        "amount": data.get("unit_amount"),
        "active": data["active"],
        "created": moment(data["created"]),
    }


def _write_price(guard: MirroredObject, facts: Facts) -> None:
    statements.upsert(StripePrice, [{"stripe_id": guard.stripe_id, **facts}])


def _forget_price(guard: MirroredObject) -> None:
    StripePrice.objects.filter(stripe_id=guard.stripe_id).update(active=False, lookup_key="")


PRODUCT = Kind("product", _read_product, _write_product, _forget_product, owned=False)
PRICE = Kind("price", _read_price, _write_price, _forget_price, owned=False)
