"""Whose objects are, without writing anything: what our rows do not tell is asked for, once in a run."""

from billing import gateway, ownership
from billing.ownership import FOREIGN, Data, Owner, Undecided


class Owners:
    """Remembers everything that it was shown, so that what hangs on it need not be asked for."""

    def __init__(self) -> None:
        self._known: dict[str, Owner] = {}

    def of(self, kind: str, data: Data) -> Owner:
        """Raises `errors.Unavailable` when Stripe has to be asked and cannot."""
        try:
            owner = FOREIGN if ownership.is_foreign(data) else ownership.of(kind, data)
        except Undecided as hangs:
            owner = self._like(hangs)
        self._known[data["id"]] = owner
        return owner

    def _like(self, hangs: Undecided) -> Owner:
        """What it hangs on may itself hang on something; at the end stands a customer, or nothing of ours."""
        if hangs.stripe_id not in self._known:
            answer = gateway.objects.fetch(hangs.kind, hangs.stripe_id)
            gone = answer is None or answer.data.get("deleted")
            self._known[hangs.stripe_id] = (
                FOREIGN if answer is None or gone else self.of(hangs.kind, answer.data)
            )
        return self._known[hangs.stripe_id]
