"""The form that gives money back: all that is left, or a part of it; asked twice before anything happens."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from accounts.models import User
from billing import errors as stripe_errors
from billing import money
from cart import orders
from cart.models import Order


class RefundForm(forms.Form):
    """An amount as people write it, of what is left; and how much had gone back when the page was shown."""

    refunded = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, order: Order, data: Any = None) -> None:
        left = money.to_decimal(order.refundable, order.currency)
        step = money.to_decimal(money.step(order.currency), order.currency)
        super().__init__(data, initial={"amount": left, "refunded": order.refunded})
        self.order = order
        self.fields["amount"] = forms.DecimalField(
            label=_("Amount"), min_value=step, max_value=left, step_size=step
        )

    @property
    def cents(self) -> int:
        """In the smallest unit."""
        return money.from_decimal(self.cleaned_data["amount"], self.order.currency)


def answer(request: HttpRequest, order: Order, context: dict[str, Any]) -> HttpResponse:
    """The form; with an amount, the question; with the answer to that, the deed."""
    form = RefundForm(order, request.POST if request.method == "POST" else None)
    asks = form.is_valid()
    if asks and "confirmed" in request.POST:
        _give(request, form)
        return redirect("admin:cart_order_change", order.pk)
    title = _("Refund of order %(number)s") % {"number": order.number}
    more = {"title": title, "order": order, "form": form, "asks": asks}
    return TemplateResponse(request, "admin/cart/refund.html", {**context, **more})


def _give(request: HttpRequest, form: RefundForm) -> None:
    assert isinstance(request.user, User)
    order, shown = form.order, money.display(form.cents, form.order.currency)
    try:
        orders.refund(order, form.cents, request.user, form.cleaned_data["refunded"])
    except stripe_errors.Unavailable:
        text = _("Stripe does not answer. The refund of %(amount)s is noted, and is finished by itself.")
        messages.warning(request, text % {"amount": shown})
    except stripe_errors.BillingError as error:
        messages.error(request, str(error.detail))
        return
    else:
        messages.success(request, _("%(amount)s went back.") % {"amount": shown})
    said = _("Gave %(amount)s back.") % {"amount": shown}
    LogEntry.objects.log_actions(request.user.pk, [order], CHANGE, said, single_object=True)
