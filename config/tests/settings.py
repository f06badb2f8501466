"""The settings of the tests: `config.settings` under an environment of their own. DATABASE_URL and PAYING_APPS pass."""

import os

OURS = (
    "BASE_URL",
    "BILLING_",
    "CELERY_",
    "DEBUG",
    "EMAIL_URL",
    "LINKEDIN_",
    "STRIPE_",
    "DROPBOX_",
    "SELLER_",
    "VAR_DIR",
)
for name in [name for name in os.environ if name.startswith(OURS)]:
    del os.environ[name]

os.environ |= {
    "READ_DOT_ENV": "false",
    "SECRET_KEY": "the-tests-sign-with-this-and-nothing-else-does",
    "BASE_URL": "http://127.0.0.1:8000",
    "STRIPE_SANDBOX_URL": "http://127.0.0.1:8001",
    "STRIPE_SECRET_KEY": "sk_test_" + "0" * 32,
    "STRIPE_PUBLISHABLE_KEY": "pk_test_" + "0" * 32,
    "STRIPE_WEBHOOK_SECRET": "whsec_" + "0" * 32,
    "LINKEDIN_CLIENT_ID": "turnpike",
    "LINKEDIN_CLIENT_SECRET": "the-pretend-linkedin-knows-it",
    "LINKEDIN_SERVER_URL": "http://127.0.0.1:8002",
}

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, MIDDLEWARE, STORAGES  # noqa: E402

# It complains when nothing has been collected; a live server of tests has its own way to static files.
MIDDLEWARE.remove("whitenoise.middleware.WhiteNoiseMiddleware")
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STORAGES["receipts"] = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["TEST"] = {"MIGRATE": False}
