"""Why a sign-in, something asked of an organization, or a call of the API did not work: sentences that say what to do,
with a stable code and a status.
"""

from datetime import datetime
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.api import ApiError

Text = str | Promise


class SignInError(Exception):
    """A sign-in that ends on a page of its own. `retry`: whether to offer LinkedIn once more.

    `next_url` is the page of ours that one was on the way to.
    """

    code: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[Text]
    message: ClassVar[Text]
    retry: ClassVar[bool] = True

    def __init__(self, next_url: str | None = None) -> None:
        super().__init__(self.code)
        self.next_url = next_url or ""


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


class OrganizationError(Exception):
    """Something that cannot be done to an organization. A higher room may raise one of its own when an organization is
    being closed (see `signals.organization_closing`)."""

    code: ClassVar[str]
    status: ClassVar[int] = 409
    title: ClassVar[Text]
    message: ClassVar[Text]


class NotAllowedError(OrganizationError):
    code = "not_allowed"
    status = 403
    title = _("Your role does not allow this")
    message = _("Ask an owner or an admin of the organization to do it, or to give you another role.")


class PersonalOrganizationError(OrganizationError):
    code = "personal_organization"
    title = _("This one is yours alone")
    message = _(
        "Your personal organization cannot be shared, left, passed on or closed. To work with others, make an "
        "organization with a name."
    )


class LastOwnerError(OrganizationError):
    code = "last_owner"
    title = _("An organization needs an owner")
    message = _(
        "There is no other owner. Pass the organization on to somebody first, or close it if nobody needs it any more."
    )


class TooManyOrganizationsError(OrganizationError):
    code = "too_many_organizations"
    title = _("You own many organizations already")
    message = _("Close one that you no longer need, or pass one on, before you make another.")


class AlreadyMemberError(OrganizationError):
    code = "already_member"
    title = _("Nobody to invite")
    message = _("Whoever has this address is a member already.")


class InvitationInvalidError(OrganizationError):
    """One sentence for a wrong, a used, a withdrawn and an expired link: it tells nothing to who tries some."""

    code = "invitation_invalid"
    status = 404
    title = _("This invitation does not work")
    message = _(
        "It may have expired, been used or been withdrawn, or the link is incomplete. Ask whoever invited you to send "
        "it again."
    )


class InvitationNotSentError(OrganizationError):
    code = "invitation_not_sent"
    status = 503
    title = _("We could not send the mail")
    message = _(
        "The invitation is made, but our mail server does not answer. Send it again in a few minutes."
    )


class TooOftenError(OrganizationError):
    """A limit against abuse is reached. `retry_after`: in how many seconds it starts again."""

    code = "throttled"
    status = 429
    title = _("Too many attempts")
    message = _("For everybody's safety this is limited. Try again later.")

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


class TooManyKeysError(OrganizationError):
    code = "too_many_keys"
    title = _("There are many keys already")
    message = _("Revoke one that is no longer used before you make another.")


# --- Calls of the API: answered as they stand -------------------------------------------------------------------


class CallError(ApiError):
    """What is wrong with how an endpoint was called, whatever it does."""

    status_code = 400
    default_code = "invalid"

    def __init__(self, **fields: Any) -> None:
        super().__init__(self.status_code, self.default_code, str(self.default_detail), **fields)


class CredentialError(CallError):
    """One sentence for an unknown, a revoked and an expired one: it tells nothing to who tries some."""

    status_code = 401
    auth_header = 'Bearer realm="api", error="invalid_token"'


class InvalidKeyError(CredentialError):
    default_code = "invalid_key"
    default_detail = _("This API key is unknown, revoked or expired.")


class InvalidTokenError(CredentialError):
    default_code = "invalid_token"
    default_detail = _("This token is invalid, revoked or expired.")


class InsufficientScopeError(CallError):
    status_code = 403
    default_code = "insufficient_scope"
    default_detail = _("This key or token may only read. Use one that may write.")
    auth_header = 'Bearer realm="api", error="insufficient_scope", scope="write"'


class ThrottledError(ApiError):
    """So many of this hour are used up."""

    status_code = 429
    default_code = "throttled"

    def __init__(self, end: datetime, retry_after: int) -> None:
        sentence = _("That is too often for one hour. Try again after %(time)s UTC.")
        super().__init__(429, "throttled", sentence % {"time": f"{end:%H:%M}"}, retry_after=retry_after)


class KeyOrSessionRequiredError(CallError):
    status_code = 403
    default_code = "key_or_session_required"
    default_detail = _("A token brings no other tokens but by being refreshed. Come with an API key.")


class BoundToOrganizationError(CallError):
    status_code = 409
    default_code = "bound_to_organization"
    default_detail = _(
        "A key or a token acts for one organization. Use one of the other organization instead."
    )


class IdempotencyKeyInvalidError(CallError):
    default_code = "idempotency_key_invalid"
    default_detail = _("An Idempotency-Key has 1 to 255 printable ASCII characters.")


class IdempotencyKeyReusedError(CallError):
    default_code = "idempotency_key_reused"
    default_detail = _("This Idempotency-Key was used for another request. Use a new one for each.")


class IdempotencyKeyInUseError(CallError):
    status_code = 409
    default_code = "idempotency_key_in_use"
    default_detail = _(
        "The first request with this Idempotency-Key is not answered yet. Try again in a moment."
    )
