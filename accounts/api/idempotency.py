"""`Idempotency-Key` for endpoints that write: `class Endpoint(IdempotentWrites)`.

What is stored and why stands in `accounts.idempotency`. A guest's header is passed over: nothing tells guests apart.
"""

import json
import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import idempotency, organizations
from accounts.errors import IdempotencyKeyInUseError, IdempotencyKeyInvalidError, IdempotencyKeyReusedError
from accounts.idempotency import Answer, Turn
from accounts.models import Organization

FORM = re.compile(r"[ -~]{1,255}")
# Nothing was done yet when one of these was answered.
NOT_BEGUN = {401, 403, 429}


class Replayed(Exception):  # noqa: N818  (no error: the way out past the handler)
    """The request was answered before."""


class IdempotentWrites(APIView):
    """A request is answered once per organization and key, and after that the same again, with a header that says so.

    Kept is what was answered once the endpoint had begun, refusals included; not what is malformed, throttled or
    failed on our side.
    """

    write_parameters = (
        OpenApiParameter(
            "Idempotency-Key",
            {"type": "string", "pattern": "^[ -~]{1,255}$"},
            OpenApiParameter.HEADER,
            description=_("Yours to choose. The same request with the same key is carried out once."),
        ),
    )
    write_refuses = (IdempotencyKeyInvalidError, IdempotencyKeyReusedError, IdempotencyKeyInUseError)

    _turn: Turn | None = None

    def keeper(self, request: Request) -> Organization | None:
        """Whose keys they are; None for a guest."""
        return organizations.current(request)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        key = request.headers.get("Idempotency-Key")
        if key is None or request.method in SAFE_METHODS:
            return
        organization = self.keeper(request)
        if organization is None:
            return
        if not FORM.fullmatch(key):
            raise IdempotencyKeyInvalidError
        what = idempotency.fingerprint(
            request.method, request.get_full_path(), request.user.pk, dict(request.data)
        )
        found = idempotency.begin(organization, key, what)
        if isinstance(found, Answer):
            raise Replayed(found)
        self._turn = found

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Replayed):
            answer: Answer = exc.args[0]
            return Response(answer.body, answer.status, headers={"Idempotent-Replayed": "true"})
        malformed = isinstance(exc, exceptions.ValidationError | exceptions.ParseError)
        try:
            response = super().handle_exception(exc)
        except Exception:
            self._forget()
            raise
        if malformed:
            self._forget()
        return response

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self._turn is None:
            return response
        if response.status_code >= 500 or response.status_code in NOT_BEGUN:
            self._forget()
        else:
            body = json.loads(JSONRenderer().render(response.data) or "null")
            idempotency.keep(self._turn, Answer(response.status_code, body))
        return response

    def _forget(self) -> None:
        if self._turn is not None:
            idempotency.forget(self._turn)
            self._turn = None
