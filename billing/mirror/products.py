"""Products and prices, and our configuration of Stripe's page for customers."""

from billing import catalogue
from billing.gateway import namespace
from billing.mirror.fields import Data, id_of, moment
from billing.mirror.kinds import Facts, Kind
from billing.models import MirroredObject, StripePrice, StripeProduct
from config import statements


def _read_product(data: Data) -> Facts:
    return {
        "key": catalogue.code_in(data.get("metadata")),
        "name": data["name"],
        "active": data["active"],
        "features": (data.get("metadata") or {}).get("features", ""),
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
        "listed": namespace.is_ours(data.get("metadata")),
        "created": moment(data["created"]),
    }


def _write_price(guard: MirroredObject, facts: Facts) -> None:
    statements.upsert(StripePrice, [{"stripe_id": guard.stripe_id, **facts}])


def _forget_price(guard: MirroredObject) -> None:
    StripePrice.objects.filter(stripe_id=guard.stripe_id).update(active=False, lookup_key="")


PRODUCT = Kind("product", _read_product, _write_product, _forget_product)
PRICE = Kind("price", _read_price, _write_price, _forget_price)


def _read_configuration(data: Data) -> Facts:
    return {"active": data["active"], "return_url": data.get("default_return_url") or ""}


CONFIGURATION = Kind("billing_portal.configuration", _read_configuration)
