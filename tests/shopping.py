"""What people do in the shop, as rules of a life: in two browsers, each with a window for every payment that it got."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from cart.models import Order
from tests.life import Life, Meanwhile, meanwhile
from tests.market import ON_SALE

one_of_two = st.integers(0, 1)
some = st.dictionaries(st.sampled_from([*ON_SALE]), st.integers(1, 2), min_size=1, max_size=2)
contents = st.one_of(st.none(), some, some, some)
cards = st.sampled_from(["good", "good", "good", "declined", "asks the bank", "debit", "debit that fails"])


class Shopping(Life):
    """Buyers come, and sometimes sign in."""

    @initialize()
    def somebody_signs_up(self) -> None:
        self.product.sign_up()

    @rule(number=one_of_two, items=contents, card=st.none() | cards, interrupted=meanwhile)
    def check_out(
        self, number: int, items: dict[str, int] | None, card: str | None, interrupted: Meanwhile
    ) -> None:
        """With another cart than before, or with the same; and pay, or leave it for later."""
        buyer = self.market.buyers[number]
        if items:
            self.market.put(buyer, items)
        self._while(interrupted, number, lambda: self.market.check_out(buyer))
        if card and buyer.payments:
            self.market.pay(buyer.payments[-1], card)

    @precondition(lambda self: self.market.windows())
    @rule(which=st.integers(0, 3), card=cards)
    def pay(self, which: int, card: str) -> None:
        """In any window, of old ones too."""
        windows = self.market.windows()
        self.market.pay(windows[-1 - which % len(windows)][1], card)

    @precondition(lambda self: self.market.windows())
    @rule(which=st.integers(0, 3), interrupted=meanwhile)
    def come_back(self, which: int, interrupted: Meanwhile) -> None:
        windows = self.market.windows()
        buyer, payment = windows[-1 - which % len(windows)]
        self._while(interrupted, 0, lambda: self.market.come_back(buyer, payment))

    @precondition(lambda self: Order.objects.filter(state=Order.State.PAID).exists())
    @rule(whole=st.booleans(), interrupted=meanwhile)
    def give_back(self, whole: bool, interrupted: Meanwhile) -> None:
        order = Order.objects.filter(state=Order.State.PAID).latest("pk")
        self._while(interrupted, 0, lambda: self.market.give_back(order, whole))

    @rule(interrupted=meanwhile)
    def clear_up(self, interrupted: Meanwhile) -> None:
        self._while(interrupted, 0, self.market.clear_up)

    @rule(number=one_of_two)
    def sign_in(self, number: int) -> None:
        self.market.sign_in(self.market.buyers[number], self.user(number))
