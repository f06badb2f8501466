"""A new Django project with the peers in it, behind the same middleware as ours."""

import os
from urllib.parse import urlsplit

database = urlsplit(os.environ["DATABASE_URL"])
SECRET_KEY = "peers"  # noqa: S105  (it signs nothing that matters)
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "benchmarks.gate.peers.urls"
WSGI_APPLICATION = "benchmarks.gate.peers.wsgi.application"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "rest_framework",
    "rest_framework.authtoken",
    "djstripe",
    "drf_stripe",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database.path.strip("/"),
        "USER": database.username,
        "PASSWORD": database.password or "",
        "HOST": database.hostname,
        "PORT": database.port or 5432,
        "CONN_MAX_AGE": 60,
    }
}
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.TokenAuthentication"],
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
LOGGING_CONFIG = None
STRIPE_LIVE_MODE = False
STRIPE_TEST_SECRET_KEY = "sk_test_" + "0" * 32
DJSTRIPE_FOREIGN_KEY_TO_FIELD = "id"
