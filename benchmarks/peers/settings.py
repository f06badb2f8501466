"""The leanest settings under which the peers run: no middleware, and only the apps that dj-stripe needs."""

import os

import environ

env = environ.Env()
SECRET_KEY = "peers"  # noqa: S105  (it signs nothing)
ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
ROOT_URLCONF = "benchmarks.peers.urls"
WSGI_APPLICATION = "benchmarks.peers.wsgi.application"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "djstripe"]
MIDDLEWARE: list[str] = []
DATABASES = {"default": {**env.db("DATABASE_URL"), "CONN_MAX_AGE": 60}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
LOGGING_CONFIG = None
STRIPE_API_HOST = os.environ["STRIPE_SANDBOX_URL"]
STRIPE_API_VERSION = "2026-08-26.dahlia"
STRIPE_LIVE_MODE = False
STRIPE_TEST_SECRET_KEY = os.environ["STRIPE_SECRET_KEY"]
STRIPE_WEBHOOK_SECRET = os.environ["STRIPE_WEBHOOK_SECRET"]
DJSTRIPE_FOREIGN_KEY_TO_FIELD = "id"
SILENCED_SYSTEM_CHECKS = ["djstripe.W002"]  # the API is not Stripe's, which is meant
