"""Where Stripe's events come in. Checked in this order: method, size, signature on the raw bytes, JSON."""

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing.webhooks import notices, process, queue, signatures
from billing.webhooks.notices import InvalidPayload

logger = structlog.get_logger(__name__)

LIMIT = 1_048_576


@csrf_exempt
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """2xx only for an event that is stored, and settled unless a worker will; else Stripe sends it again."""
    body = _read(request)
    if body is None:
        return HttpResponse("REQUEST TOO BIG", status=400, content_type="text/plain")
    signature = request.META.get("HTTP_STRIPE_SIGNATURE", "")
    if not signatures.is_good(body, signature, settings.STRIPE_WEBHOOK_SECRETS):
        return HttpResponse("INVALID SIGNATURE", status=400, content_type="text/plain")
    try:
        notice = notices.read(body)
    except InvalidPayload:
        return HttpResponse("INVALID PAYLOAD", status=400, content_type="text/plain")
    return _answer(notice, body.decode())


def _read(request: HttpRequest) -> bytes | None:
    """The body; None if it is too big, which is not found out by reading all of it."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isascii() and length.isdigit() and (len(length) > 20 or int(length) > LIMIT):
        return None
    body = request.read(LIMIT + 1)
    return body if len(body) <= LIMIT else None


def _answer(notice: notices.Notice, body: str) -> HttpResponse:
    try:
        if queue.is_used():
            queue.arrived(notice, body)
            return HttpResponse("OK", content_type="text/plain")
        outcome = process.arrived(notice, body)
    except DatabaseError as error:
        logger.error("event not stored", stripe_event=notice.id, error=type(error).__name__)
        return HttpResponse("NOT STORED", status=503, content_type="text/plain")
    if outcome.busy:
        return HttpResponse("BUSY", status=503, content_type="text/plain")
    if not outcome.is_settled:
        return HttpResponse("FAILED", status=500, content_type="text/plain")
    return HttpResponse("OK", content_type="text/plain")
