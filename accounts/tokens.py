"""Tokens for client applications: a short access token, and a refresh token that brings the next two.

Both are signed (JWT) and hang on a row, the `TokenSession`, which is asked in every request: so what is revoked opens
nothing from then on. The claims are for the client to read; we believe none but the session's id.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from accounts.errors import InvalidTokenError
from accounts.models import ApiKey, Organization, Scope, TokenSession, User
from config.statements import Prepared

logger = structlog.get_logger(__name__)

# A client that did not hear the answer to a refresh may repeat it so long with the token that it has.
PATIENCE = timedelta(seconds=60)
SESSION = "sid"
SERIAL = "serial"

_BY_ID = Prepared(lambda pk: TokenSession.objects.of_members().filter(pk=pk).order_by(), -1)


@dataclass(frozen=True, slots=True)
class Tokens:
    """`expires_in` are seconds."""

    access: str
    refresh: str
    expires_in: int
    refresh_expires_in: int
    scope: Scope


def obtain(user: User, organization: Organization, scope: Scope, key: ApiKey | None = None) -> Tokens:
    """Lets a client application in, for this user and organization. `key`: what it was obtained with, if not a session
    of the browser; with the key it ends."""
    session = TokenSession.objects.create(
        user=user,
        organization=organization,
        scope=scope,
        key=key,
        expires=timezone.now() + _life(RefreshToken),
    )
    logger.info("token session began", session=session.pk, organization=organization.pk, user=user.pk)
    return _tokens(session)


def refresh(raw: str) -> Tokens:
    """The next two tokens. A refresh token that was followed by another one already has been copied by somebody: then
    the session ends. Raises `InvalidTokenError`."""
    claims = _read(raw, RefreshToken)
    with transaction.atomic():
        session = _open(claims, lock=True)
        if session is None:
            raise InvalidTokenError
        copied = not _is_next(session, claims.get(SERIAL))
        if copied:
            end(session)
    if copied:
        logger.warning("refresh token used twice", session=session.pk, organization=session.organization_id)
        raise InvalidTokenError
    return _tokens(session)


def _is_next(session: TokenSession, serial: Any) -> bool:
    """Whether that refresh token is good now. The latest is, and moves the session on by one."""
    now = timezone.now()
    if serial == session.serial:
        session.serial += 1
        session.refreshed, session.expires = now, now + _life(RefreshToken)
        session.save(update_fields=["serial", "refreshed", "expires"])
        return True
    return serial == session.serial - 1 and now - session.refreshed <= PATIENCE


def find(raw: str) -> TokenSession | None:
    """The session of an access token, if it is open, with its user, who acts for its organization. One query."""
    try:
        session = _open(_read(raw, AccessToken))
    except InvalidTokenError:
        return None
    if session is not None:
        session.user.current_organization = session.organization  # in memory only, as with keys
    return session


def revoke(raw: str) -> None:
    """Ends the session of this token, of either kind. One that opens nothing any more is as good as revoked."""
    for kind in (RefreshToken, AccessToken):
        try:
            session = _open(_read(raw, kind))
        except InvalidTokenError:
            continue
        if session is not None:
            end(session)


def end(session: TokenSession) -> None:
    """From now on none of its tokens opens anything. A second call changes nothing."""
    if TokenSession.objects.filter(pk=session.pk, revoked=None).update(revoked=timezone.now()):
        logger.info("token session ended", session=session.pk, organization=session.organization_id)


def _read(raw: str, kind: type[Token]) -> Token:
    """The claims, if signature, kind, audience, issuer and time are right."""
    try:
        return kind(raw)  # type: ignore[arg-type]
    except TokenError as error:
        raise InvalidTokenError from error


def _open(claims: Token, lock: bool = False) -> TokenSession | None:
    identifier = claims.get(SESSION)
    if not isinstance(identifier, int) or not 0 < identifier < 2**63:
        return None
    session = _lock(identifier) if lock else _BY_ID.first(identifier)
    return session if session and session.opens else None


def _lock(identifier: int) -> TokenSession | None:
    sessions = TokenSession.objects.of_members().select_for_update(of=("self",), no_key=True)
    return sessions.filter(pk=identifier).first()


def _tokens(session: TokenSession) -> Tokens:
    return Tokens(
        access=str(_sign(AccessToken(), session)),
        refresh=str(_sign(RefreshToken(), session, **{SERIAL: session.serial})),
        expires_in=int(_life(AccessToken).total_seconds()),
        refresh_expires_in=int(_life(RefreshToken).total_seconds()),
        scope=Scope(session.scope),
    )


def _sign(token: Token, session: TokenSession, **more: Any) -> Token:
    """With what a client wants to know of itself. None of it is read by us again but the session and the serial."""
    token["sub"] = str(session.user_id)
    token["organization"] = session.organization_id
    token["stripe_customer_id"] = session.organization.stripe_customer_id
    token["scope"] = session.scope
    token[SESSION] = session.pk
    for name, value in more.items():
        token[name] = value
    return token


def _life(kind: type[Token]) -> timedelta:
    assert kind.lifetime is not None
    return kind.lifetime


def purge(days: int) -> int:
    """Deletes sessions that ended so many days ago; returns how many."""
    return TokenSession.objects.filter(expires__lt=timezone.now() - timedelta(days=days)).delete()[0]
