"""What can go wrong in the shop: each with a stable code and a sentence that a customer can read."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from billing.errors import BillingError

if TYPE_CHECKING:
    from cart.models import Cart, Order


class ShopError(BillingError):
    """What the shop refuses. Those about one item name it in `param`."""


# --- The cart ---------------------------------------------------------------------------------------------------


class StaleCart(ShopError):
    """The cart was changed in another window since. `cart` is the present one."""

    status_code = 409
    default_code = "stale_cart"
    default_detail = _("Your cart was changed in another window. This is how it is now.")

    def __init__(self, cart: "Cart", **fields: Any) -> None:
        super().__init__(**fields)
        self.cart = cart


class UnknownItem(ShopError):
    default_code = "unknown_item"
    default_detail = _("We do not sell this.")


class TooMany(ShopError):
    default_code = "too_many"
    default_detail = _("A cart cannot hold so much.")


class NotSoldTogether(ShopError):
    """There is no currency in which all have a price."""

    default_code = "not_sold_together"
    default_detail = _("These items have no currency in common, so they cannot be bought together.")


class CurrencyNotOffered(ShopError):
    default_code = "currency_not_offered"
    default_detail = _("Not everything in your cart has a price in this currency.")


class PriceChanged(StaleCart):
    """It comes to something else than the buyer was shown."""

    default_code = "price_changed"
    default_detail = _("Prices have changed since. Look at your cart before you pay.")


# --- Orders -----------------------------------------------------------------------------------------------------


class EmptyCart(ShopError):
    default_code = "empty_cart"
    default_detail = _("There is nothing in your cart.")


class EmailMissing(ShopError):
    default_code = "email_missing"
    default_detail = _("Give an e-mail address, so that we can send you the receipt.")


class AmountOutOfRange(ShopError):
    """Less than Stripe charges, or more."""

    default_code = "amount_out_of_range"
    default_detail = _("An order of this amount cannot be paid by card.")


class SoldOut(ShopError):
    status_code = 409
    default_code = "sold_out"
    default_detail = _("There are not so many left. Take some out of your cart to go on.")


class OrderOver(ShopError):
    """It can no longer be paid: canceled, or another has taken its place. The cart can be ordered again."""

    status_code = 409
    default_code = "order_over"
    default_detail = _("This order can no longer be paid. Go back to your cart and check out again.")


class AlreadyPaid(ShopError):
    """An order from before the cart was changed turned out to be paid, and counts. `order` is that order."""

    status_code = 409
    default_code = "already_paid"
    default_detail = _("You have already paid for what was in your cart before you changed it.")

    def __init__(self, order: "Order") -> None:
        super().__init__(order=str(order.uuid))
        self.order = order


# --- Refunds ----------------------------------------------------------------------------------------------------


class NotRefundable(ShopError):
    """More than is left of what was paid, or nothing was."""

    default_code = "not_refundable"
    default_detail = _("So much cannot be given back for this order.")


class RefundUnderWay(ShopError):
    status_code = 409
    default_code = "refund_under_way"
    default_detail = _("Another refund of this order is not finished yet. Please try again in a minute.")


class RefundedMeanwhile(ShopError):
    """More has gone back than whoever asks knows: they may be asking twice."""

    status_code = 409
    default_code = "refunded_meanwhile"
    default_detail = _(
        "Something has been given back for this order meanwhile. Look again before you give more."
    )
