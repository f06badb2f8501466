"""What must be true of sales, years and receipts, told from the local Stripe's state."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from accounts.models import Organization
from billing.models import Mail
from portal.models import ActivationCode, NumberSeries, PaidYear, Receipt, Sale
from tests.oracle import Oracle

Data = dict[str, Any]


class Ledger:
    """Reads the state of the local Stripe."""

    def __init__(self, oracle: Oracle) -> None:
        self._oracle = oracle

    def paid(self) -> dict[str, list[Data]]:
        """Invoices of annual plans that were paid, by the sale that they are for."""
        references = set(Sale.objects.values_list("reference", flat=True))
        made = {one["id"]: one["metadata"].get("attempt", "") for one in self._oracle.all("subscription")}
        found: dict[str, list[Data]] = {reference: [] for reference in references}
        for invoice in self._oracle.all("invoice"):
            details = (invoice["parent"] or {}).get("subscription_details") or {}
            reference = made.get(details.get("subscription", ""), "")
            if invoice["status"] == "paid" and reference in references:
                found[reference].append(invoice)
        return found

    # -- after every step --------------------------------------------------------------------------------------------

    def wrong(self) -> list[str]:
        """What may never be, whatever is still on its way."""
        paid = self.paid()
        ends = {one["id"]: _end(one) for invoices in paid.values() for one in invoices}
        found = [
            f"the year of {year.invoice_id} ends {year.end}, not {ends.get(year.invoice_id)}"
            for year in PaidYear.objects.all()
            if ends.get(year.invoice_id) != int(year.end.timestamp())
        ]
        firsts = Counter(
            reference
            for reference, invoices in paid.items()
            for one in invoices
            if one["billing_reason"] == "subscription_create"
        )
        found += [f"sale {reference} was paid twice" for reference, times in firsts.items() if times > 1]
        return found + list(self._papers())

    def _papers(self) -> Iterator[str]:
        """One receipt for each year, with numbers that have no gap."""
        receipts = Receipt.objects.filter(kind=Receipt.Kind.RECEIPT)
        years = set(PaidYear.objects.values_list("invoice_id", flat=True))
        if (papers := set(receipts.values_list("stripe_id", flat=True))) != years:
            yield f"there are receipts of {papers}, and years of {years}"
        for series in NumberSeries.objects.filter(series="receipt"):
            numbers = {f"{series.year}-{count:06}" for count in range(1, series.last + 1)}
            given = set(receipts.filter(number__startswith=str(series.year)).values_list("number", flat=True))
            if given != numbers:
                yield f"the numbers of {series.year} are {sorted(given)}"

    # -- at rest -----------------------------------------------------------------------------------------------------

    def differences(self) -> list[str]:
        """Where a sale is not what Stripe's state says, or somebody has no code, or access that is not due."""
        paid = self.paid()
        years = set(PaidYear.objects.values_list("invoice_id", flat=True))
        due = {one["id"] for invoices in paid.values() for one in invoices}
        found = [f"paid and without a year: {invoice}" for invoice in due - years]
        for sale in Sale.objects.select_related("organization"):
            if sale.is_paid != bool(paid[sale.reference]):
                found.append(f"sale {sale} is {sale.status} with {len(paid[sale.reference])} paid invoices")
        for organization in Organization.objects.filter(sales__isnull=False).distinct():
            found += self._of(organization)
        return found

    def _of(self, organization: Organization) -> Iterator[str]:
        has, due = str(organization.current_access().tier), self._oracle.tier(organization.pk)
        if has != due:
            yield f"{organization} has {has}, and should have {due}"
        codes = ActivationCode.objects.filter(organization=organization)
        told = Mail.objects.filter(organization=organization, template="activation").count()
        if (codes.count() > 0) != organization.sales.paid().exists() or told != codes.count():
            yield f"{organization} has {codes.count()} codes, and was told of {told}"


def _end(invoice: Data) -> int:
    return max(int(line["period"]["end"]) for line in invoice["lines"]["data"])
