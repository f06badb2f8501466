"""What is in a cart, by item. All of these want the cart's row locked, in the caller's transaction."""

from collections.abc import Iterable, Mapping
from uuid import UUID, uuid4

from django.utils import timezone

from cart import errors
from cart.models import Cart, CartLine, OrderLine

MOST_LINES = 100
MOST_OF_ONE = 99

# By the item's primary key.
Content = Mapping[int, int]


def of(cart: Cart) -> dict[int, int]:
    """All of it, what is not on sale included. One query."""
    return dict(cart.rows.values_list("item_id", "quantity"))


def write(cart: Cart, held: Content, wanted: Content) -> bool:
    """Let a locked cart hold this, by item; whether that is anything else than it held."""
    content = {item: quantity for item, quantity in wanted.items() if quantity > 0}
    if content == held:
        return False
    if len(content) > MOST_LINES:
        raise errors.TooMany(param="items")
    CartLine.objects.filter(cart=cart).exclude(item__in=content).delete()
    changed = [
        CartLine(cart=cart, item_id=item, quantity=quantity)
        for item, quantity in content.items()
        if held.get(item) != quantity
    ]
    CartLine.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["cart", "item"], update_fields=["quantity"]
    )
    touch(cart)
    return True


def touch(cart: Cart, content: UUID | None = None) -> None:
    """Its content is another now; or that of an earlier `uuid` again."""
    cart.uuid, cart.touched = content or uuid4(), timezone.now()
    cart.save(update_fields=["uuid", "preferred", "touched"])


def merge(cart: Cart, other: Cart) -> None:
    """Add what another cart holds. Of what both hold, the larger number: it may be the same wish twice.

    What is too many for one cart stays out. An empty cart becomes the other one, under the other's uuid.
    """
    held, more = of(cart), of(other)
    both = held | {item: max(quantity, held.get(item, 0)) for item, quantity in more.items()}
    if write(cart, held, dict(list(both.items())[:MOST_LINES])) and not held:
        content = other.uuid
        other.uuid = uuid4()
        other.save(update_fields=["uuid"])
        cart.preferred = other.preferred
        touch(cart, content)


def take_out(cart: Cart, lines: Iterable[OrderLine]) -> None:
    """What was paid for is no longer to be bought; what was put in since stays."""
    held = of(cart)
    bought = {line.item_id: line.quantity for line in lines if line.item_id}
    write(cart, held, {item: quantity - bought.get(item, 0) for item, quantity in held.items()})


def put_back(cart: Cart, lines: Iterable[OrderLine], content: UUID) -> bool:
    """Its payment failed after all: an empty cart holds it again, as the content that it was."""
    if of(cart):
        return False
    if write(cart, {}, {line.item_id: line.quantity for line in lines if line.item_id}):
        touch(cart, content)
    return True
