"""What companies do in the portal, as rules of a life: they order, pay, come back and renew, at any time."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from tests.life import Life, Meanwhile, meanwhile
from tests.office import Office

one_of_two = st.integers(0, 1)
cards = st.sampled_from(["pm_card_visa", "pm_card_visa", "pm_card_visa", "pm_card_chargeDeclined"])
acts = st.sampled_from(["buy", "pay", "keep", "card"])


class Ordering(Life):
    """Two companies."""

    def __init__(self) -> None:
        super().__init__()
        self.office = Office(self.product)

    @initialize(card=cards, interrupted=meanwhile)
    def begin(self, card: str, interrupted: Meanwhile) -> None:
        self.product.sign_up()
        self.order(0, card, interrupted)

    @rule(number=one_of_two, card=st.none() | cards, interrupted=meanwhile)
    def order(self, number: int, card: str | None, interrupted: Meanwhile) -> None:
        """The whole way, or up to Stripe's page and back another time."""
        company = self.office.companies[number]
        self._while(interrupted, 0, lambda: self.office.submit(company))
        self._while(interrupted, 0, lambda: self.office.buy_now(company))
        if card:
            self.office.pay(company, card)

    @rule(number=one_of_two, interrupted=meanwhile)
    def come_back(self, number: int, interrupted: Meanwhile) -> None:
        self._while(interrupted, 0, lambda: self.office.come_back(self.office.companies[number]))

    @rule(number=one_of_two, card=cards)
    def pay(self, number: int, card: str) -> None:
        self.office.pay(self.office.companies[number], card)

    @rule(number=one_of_two, act=acts, card=cards, interrupted=meanwhile)
    def renew(self, number: int, act: str, card: str, interrupted: Meanwhile) -> None:
        company = self.office.companies[number]
        if act == "pay":
            self.office.take_another_card(company, card)
        self._while(interrupted, 0, lambda: self.office.renew(company, act))
        if act == "buy":
            self.office.buy_now(company)
            self.office.pay(company, card)

    @rule(number=one_of_two, happens=st.sampled_from(["end", "let_its_card_fail"]))
    def at_stripe(self, number: int, happens: str) -> None:
        getattr(self.office, happens)(self.office.companies[number])

    @rule()
    def a_year_passes(self) -> None:
        self.product.wait(366 * 86_400)

    @invariant()
    def nothing_is_sold_or_receipted_twice(self) -> None:
        assert not (wrong := self.office.ledger.wrong()), "; ".join(wrong)

    def _check_rest(self) -> None:
        super()._check_rest()
        assert not (wrong := self.office.ledger.differences()), "; ".join(wrong)
