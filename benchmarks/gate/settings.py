"""Turnpike behind the middleware of a new Django project, and nothing that sells.

Whatever else a request goes through is the same with a gate and without, and would only bring the ratios nearer to 1.
"""

from datetime import timedelta

from config.settings import *  # noqa: F403
from config.settings import AUTHENTICATION_BACKENDS as OURS
from config.settings import INSTALLED_APPS as APPS
from config.settings import SIMPLE_JWT as TOKENS

INSTALLED_APPS = [*APPS, "rest_framework.authtoken"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "accounts.middleware.rate_limit_headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # it insists
]
ROOT_URLCONF = "benchmarks.gate.urls"
WSGI_APPLICATION = "benchmarks.gate.wsgi.application"
AUTHENTICATION_BACKENDS = [*OURS, "django.contrib.auth.backends.ModelBackend"]
SIMPLE_JWT = {**TOKENS, "ACCESS_TOKEN_LIFETIME": timedelta(days=1)}
LOGGING_CONFIG = None
