"""Why a sign-in did not work: each a sentence that says what to do, with a stable code and a status."""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class SignInError(Exception):
    """A sign-in that ends on a page of its own. `retry`: whether to offer LinkedIn once more."""

    code: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[Text]
    message: ClassVar[Text]
    retry: ClassVar[bool] = True


class SignInCancelledError(SignInError):
    code = "cancelled"
    status = 200
    title = _("You are not signed in")
    message = _("You cancelled at LinkedIn, so nothing was passed on to us. You can try again at any time.")


class LinkedInUnavailableError(SignInError):
    code = "linkedin_unavailable"
    status = 503
    title = _("LinkedIn does not answer")
    message = _(
        "This is not your fault, and your account is safe. Try again in a few minutes, or sign in with a code "
        "that we mail to you."
    )


class SignInFailedError(SignInError):
    code = "sign_in_failed"
    status = 401
    title = _("The sign-in could not be finished")
    message = _("It took too long, or it was begun in another window or browser. Please start once more.")


class AddressMissingError(SignInError):
    code = "address_missing"
    status = 403
    title = _("LinkedIn did not tell us your e-mail address")
    message = _(
        "We need an address to make an account. Try again and allow LinkedIn to pass it on, or create an account "
        "with a mailed code; you can connect LinkedIn to it afterwards."
    )


class AddressUnverifiedError(SignInError):
    code = "address_unverified"
    status = 403
    title = _("LinkedIn has not verified your e-mail address")
    message = _(
        "Without that anybody could sign in with your address. Confirm it in LinkedIn's settings and try again, or "
        "sign in with a code that we mail to you."
    )


class AddressKnownError(SignInError):
    code = "address_known"
    status = 409
    title = _("You already have an account")
    message = _(
        "There is an account with the e-mail address that LinkedIn told us. Sign in to it with a code that we mail "
        "to you; on your account page you can then connect LinkedIn."
    )
    retry = False


class MailUnavailableError(SignInError):
    code = "mail_unavailable"
    status = 503
    title = _("We could not send the mail")
    message = _("Our mail server does not answer. Try again in a few minutes, or sign in with LinkedIn.")
