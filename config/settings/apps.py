"""Which apps are installed, what a request passes on its way to a page, and what is logged of it."""

import logging

from config.logs import LOGGING  # noqa: F401  (a Django setting)
from config.settings.environment import BASE_DIR, PAYING_APPS

WSGI_APPLICATION = "config.wsgi.application"
ROOT_URLCONF = "config.urls"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_structlog",
    "localflavor",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "accounts",
    "filings",
    *(["djstripe"] if "billing" in PAYING_APPS else []),
    *PAYING_APPS,
]

MIDDLEWARE = [
    *(["billing.middleware.events_first"] if "billing" in PAYING_APPS else []),
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "accounts.middleware.rate_limit_headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.api.not_allowed",
    "config.middleware.RequestLog",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.access",
                *(
                    ["billing.context.banner", "billing.context.deployment"]
                    if "billing" in PAYING_APPS
                    else []
                ),
                *(["cart.context.count"] if "cart" in PAYING_APPS else []),
            ],
        },
    },
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # fields look as templates/django/forms/ says

DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG  # one line per request, when it has ended
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # it would believe the whole header
