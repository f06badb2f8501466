"""The API, its tokens and its description."""

import hashlib
from datetime import timedelta

from config.openapi import SPECTACULAR_SETTINGS  # noqa: F401  (a Django setting)
from config.settings.environment import BASE_URL, SECRET_KEY

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        f"accounts.api.authentication.{name}Authentication" for name in ("Key", "Token", "Session")
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.api.StrictJSONParser"],
    "EXCEPTION_HANDLER": "config.api.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "config.schema.Schema",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

# Tokens of client applications. What signs them is made from the secret key, and signs nothing else.
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=5),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=30),
    "SIGNING_KEY": hashlib.sha256(f"accounts.tokens {SECRET_KEY}".encode()).hexdigest(),
    "ISSUER": BASE_URL,
    "AUDIENCE": f"{BASE_URL}/api/",
    "USER_ID_CLAIM": "sub",
}
