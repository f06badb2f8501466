"""Events take a short way: what the site puts around its pages means nothing to them, and costs more than they do."""

from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

from billing import webhooks
from billing.webhooks.receive import receive

logger = structlog.get_logger(__name__)

PATHS = frozenset(f"/{path}{slash}" for path in webhooks.PATHS for slash in ("/", ""))
REFUSED = 400


def events_first(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answers what is sent to the webhook URLs without sessions, users, languages, or headers for browsers.

    The inbox has a row for every event that was taken, so only what was not taken leaves a line in the log.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.path_info not in PATHS:
            return get_response(request)
        # The thread still speaks the language of the request before.
        with translation.override(settings.LANGUAGE_CODE):
            response = receive(request)
        if response.status_code >= REFUSED:
            logger.warning("event not taken", status=response.status_code)
        return response

    return answer
