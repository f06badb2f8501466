"""The pages of activation: entering a code, and asking for a new one."""

from django import forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.organization_pages import explained
from portal import activation, errors


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Activation code"),
        max_length=100,
        help_text=gettext_lazy(
            "Seven groups of four letters and digits. Capitals and hyphens do not matter."
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail address of the purchase"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@explained
def activate(request: HttpRequest) -> HttpResponse:
    """Somebody who has signed in enters the code and owns the organization. A guest is told to sign in."""
    user = request.user
    if not isinstance(user, User):
        if request.method == "POST":
            return redirect_to_login(request.path)
        return render(request, "portal/activate.html")
    form = CodeForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        try:
            organization = activation.use(form.cleaned_data["code"], user, request)
        except errors.ActivationInvalidError as error:
            form.add_error("code", str(error.message))
            status = error.status
        else:
            messages.success(
                request, _("%(name)s is activated. You own it and act for it now.") % {"name": organization}
            )
            return redirect("organization", organization.pk)
    return render(request, "portal/activate.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@explained
def new_code(request: HttpRequest) -> HttpResponse:
    """A new code to the mailbox of the purchase. The answer is the same whether there was a purchase or not."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        activation.replace(form.cleaned_data["email"], request)
        messages.success(
            request,
            _(
                "If something was bought with this address and is not activated yet, a new code is on its way."
            ),
        )
        return redirect("activate")
    return render(request, "portal/new_code.html", {"form": form})
