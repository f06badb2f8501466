"""Views that do the least that can be called receiving an event, with statements written by hand."""

import json
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from stripe import WebhookSignature

TABLES = (
    "CREATE TABLE stored (id varchar(255) PRIMARY KEY, type varchar(100), body text)",
    "CREATE TABLE seen (id varchar(255) PRIMARY KEY, type varchar(100))",
    """CREATE TABLE applied (id varchar(255) PRIMARY KEY, kind varchar(50), customer varchar(255),
        status varchar(50), amount bigint, name text, said bigint)""",
)
STORE = "INSERT INTO stored VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
SEE = "INSERT INTO seen VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING id"
APPLY = """
    INSERT INTO applied VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (id) DO UPDATE SET customer = excluded.customer, status = excluded.status,
        amount = excluded.amount, name = excluded.name, said = excluded.said
    WHERE applied.said <= excluded.said
"""


@csrf_exempt
def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse("OK")


@csrf_exempt
def store(request: HttpRequest) -> HttpResponse:
    """HMAC and one INSERT."""
    body, event = _read(request)
    with connection.cursor() as cursor:
        cursor.execute(STORE, [event["id"], event["type"], body])
    return HttpResponse("OK")


@csrf_exempt
def apply(request: HttpRequest) -> HttpResponse:
    """HMAC, dedupe and an upsert from the payload, in one transaction."""
    _body, event = _read(request)
    data = event["data"]["object"]
    amount = data.get("amount") or data.get("amount_remaining") or data.get("balance")
    columns = [data["id"], data["object"], data.get("customer"), data.get("status"), amount, data.get("name")]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SEE, [event["id"], event["type"]])
        if cursor.fetchone():
            cursor.execute(APPLY, [*columns, event["created"]])
    return HttpResponse("OK")


def _read(request: HttpRequest) -> tuple[str, dict[str, Any]]:
    body = request.body.decode()
    WebhookSignature.verify_header(
        body, request.headers["Stripe-Signature"], settings.STRIPE_WEBHOOK_SECRET, 300
    )
    return body, json.loads(body)
