"""drf-spectacular's settings: how the API's description looks. What endpoints say is in `config.description`."""

from typing import Any

from django.utils.translation import gettext_lazy as _

TAGS = {
    "me": _("Who calls, for which organization, and what it may use."),
    "usage": _("How many calls are left."),
    "token": _("Client applications: let in with a key or a session, then by short-lived tokens."),
    "organizations": _("Organizations, who is in them, and who is invited."),
    "billing": _("What is on sale, what one has, and everything that one does about it."),
    "filings": _("The sample product: filings."),
    "trends": _("The sample product: filings per quarter, for Premium."),
    "shop": _("One-off purchases: a cart, and its payment. By session, for guests too."),
    "stripe": _("Older names of some of `billing`."),
}
DESCRIPTION = _("""\
Everything that the pages do, for programs. Bodies are JSON objects and are read strictly; amounts are integers in the
currency's smallest unit; times are UTC. Every error has one shape: `{"error": {"code", "message"}}`, with `param` when
a field is to blame and `upgrade_url` when a plan would open what was asked for. Codes are stable, messages are for
people; [all codes](/api/docs/errors/). 429 and 503 bear `Retry-After`. After a 5xx, or no answer at all, the same
request may be sent again, best with the `Idempotency-Key` that it had.
""")

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Turnpike",
    "DESCRIPTION": DESCRIPTION,
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    # A body of PATCH says itself what may be left out.
    "COMPONENT_SPLIT_PATCH": False,
    "TAGS": [{"name": name, "description": words} for name, words in TAGS.items()],
    "SCHEMA_PATH_PREFIX": "/api",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["config.schema.all_codes"],
    "PREPROCESSING_HOOKS": ["config.schema.only_the_api"],
    # An id of `accounts.urls.Id` has at most 18 digits.
    "PATH_CONVERTER_OVERRIDES": {"id": {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}},
    # Swagger's files come from here, not from a CDN: the policy admits nobody else's scripts.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "defaultModelsExpandDepth": 0, "docExpansion": "list"},
}
