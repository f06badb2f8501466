"""All settings, read from the environment; `.env.example` explains each variable.

With nothing set the product runs on SQLite with billing off. Wrong combinations are reported by the system
checks in `billing/checks.py`, not here.
"""

import hashlib
import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config.logs import LOGGING  # noqa: F401  (a Django setting)
from config.openapi import SPECTACULAR_SETTINGS  # noqa: F401  (a Django setting)

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if env.bool("READ_DOT_ENV", default=True):
    env.read_env(BASE_DIR / ".env")

# --- Where and how it runs -------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "Set SECRET_KEY in the environment or in .env (`make run` makes one for development)."
    )
BASE_URL = env.str("BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
WSGI_APPLICATION = "config.wsgi.application"
ROOT_URLCONF = "config.urls"

# Take these out and what is left still runs, everyone on the free tier.
PAYING_APPS = env.list("PAYING_APPS", default=["billing", "cart", "portal"])

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

# --- Data ------------------------------------------------------------------------------------------------------

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'turnpike.sqlite3'}")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    # Seconds: a database that does not answer is a 503 at once, and Stripe sends the event again.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Limits on sign-in are counted here, so all processes must share it. allauth takes a lock with `add` before
# it counts, which this backend does atomically.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {
            "MAX_ENTRIES": 100_000
        },  # so many addresses must fail to sign in before a count is forgotten
    }
}
# A webhook body may have 1 MiB; the receiver reads that itself and refuses more.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

# --- People ----------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_FORMS = {"login": "accounts.forms.SignInForm", "signup": "accounts.forms.SignUpForm"}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
SOCIALACCOUNT_ADAPTER = "accounts.adapters.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
LINKEDIN_CLIENT_ID = env.str("LINKEDIN_CLIENT_ID", default="")
LINKEDIN_SERVER_URL = env.str("LINKEDIN_SERVER_URL", default="https://www.linkedin.com/oauth")
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "linkedin",
                "name": "LinkedIn",
                "client_id": LINKEDIN_CLIENT_ID,
                "secret": env.str("LINKEDIN_CLIENT_SECRET", default=""),
                "settings": {"server_url": LINKEDIN_SERVER_URL, "token_auth_method": "client_secret_post"},
            }
        ]
        if LINKEDIN_CLIENT_ID
        else [],
        "OAUTH_PKCE_ENABLED": False,  # LinkedIn refuses `code_verifier` from ordinary applications
    }
}
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60

# Where a closed gate sends people who would like it open.
UPGRADE_URL = "/pricing/" if "billing" in PAYING_APPS else ""

# --- Stripe ----------------------------------------------------------------------------------------------------

# The local Stripe; empty when the real one is used. All base URLs of Stripe's follow from it.
STRIPE_SANDBOX_URL = env.str("STRIPE_SANDBOX_URL", default="").rstrip("/")
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="") or env.str("STRIPE_API_KEY", default="")
STRIPE_PUBLISHABLE_KEY = env.str("STRIPE_PUBLISHABLE_KEY", default="")
STRIPE_WEBHOOK_SECRETS = [
    secret
    for secret in env.list("STRIPE_WEBHOOK_SECRET", default=[])
    or env.list("STRIPE_ENDPOINT_SECRET", default=[])
    if secret
]
STRIPE_NAMESPACE = env.str("STRIPE_NAMESPACE", default="turnpike")
STRIPE_API_VERSION = "2026-08-26.dahlia"
STRIPE_API_BASE = STRIPE_SANDBOX_URL or "https://api.stripe.com"
STRIPE_JS_URL = f"{STRIPE_SANDBOX_URL or 'https://js.stripe.com'}/dahlia/stripe.js"
STRIPE_LIVE_MODE = "_live_" in STRIPE_SECRET_KEY

# dj-stripe: models and admin only. Its settings bear the names that it gives them.
STRIPE_TEST_SECRET_KEY = "" if STRIPE_LIVE_MODE else STRIPE_SECRET_KEY
STRIPE_LIVE_SECRET_KEY = STRIPE_SECRET_KEY if STRIPE_LIVE_MODE else ""
if STRIPE_SANDBOX_URL:
    STRIPE_API_HOST = STRIPE_SANDBOX_URL
    SILENCED_SYSTEM_CHECKS = ["djstripe.W002"]  # it warns of another host than Stripe's, which is meant
DJSTRIPE_FOREIGN_KEY_TO_FIELD = "id"
DJSTRIPE_SUBSCRIBER_MODEL = "accounts.Organization"
DJSTRIPE_SUBSCRIBER_MODEL_REQUEST_CALLBACK = "accounts.organizations.current"
DJSTRIPE_SUBSCRIBER_CUSTOMER_KEY = f"{STRIPE_NAMESPACE}_organization"[:40]

# How long a subscription keeps its access past the period's end when nothing more is heard, and past a failed payment.
BILLING_GRACE_DAYS = env.int("BILLING_GRACE_DAYS", default=3)
# What a refund in part, a whole one, and a dispute end: keep, period_end or now (see `billing.reversals`).
BILLING_ON_PARTIAL_REFUND = env.str("BILLING_ON_PARTIAL_REFUND", default="keep")
BILLING_ON_REFUND = env.str("BILLING_ON_REFUND", default="period_end")
BILLING_ON_DISPUTE = env.str("BILLING_ON_DISPUTE", default="now")
# How long the inbox keeps events that are done, and what comparisons with Stripe found (`purge_events`).
BILLING_EVENT_DAYS = env.int("BILLING_EVENT_DAYS", default=90)

# --- The shop --------------------------------------------------------------------------------------------------

# The currency of a cart that nobody has chosen one for; how long an order waits for its payment, and how long when it
# holds pieces of which there are only so many.
SHOP_CURRENCY = env.str("SHOP_CURRENCY", default="usd")
SHOP_ORDER_DAYS = env.int("SHOP_ORDER_DAYS", default=7)
SHOP_HOLD_MINUTES = env.int("SHOP_HOLD_MINUTES", default=60)

# --- The portal ------------------------------------------------------------------------------------------------

# Who sells: stands on receipts and in the service agreement.
SELLER = {
    "name": env.str("SELLER_NAME", default="Turnpike"),
    "address": [line.strip() for line in env.str("SELLER_ADDRESS", default="").split(";") if line.strip()],
    "email": env.str("SELLER_EMAIL", default=""),
    "tax_id": env.str("SELLER_TAX_ID", default=""),
}
# How long an activation code can be used.
ACTIVATION_DAYS = env.int("ACTIVATION_DAYS", default=30)
# Where the portal sells, by ISO's code, and who works out the tax: our table of states, or Stripe Tax (`us=stripe`).
PORTAL_COUNTRIES = env.dict("PORTAL_COUNTRIES", default={"us": "table"})

# --- Workers ---------------------------------------------------------------------------------------------------

# redis://...; empty: events are processed in the request that brings them.
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="")
CELERY_TASK_IGNORE_RESULT = True
# A broker that is down costs a request little: the event is stored, and the sweep will find it.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 2, "max_retries": 0}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- API -------------------------------------------------------------------------------------------------------

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

# --- Mail, languages, files ------------------------------------------------------------------------------------

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Turnpike <billing@turnpike.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
# Receipts are kept apart from what anybody may see: in Dropbox with a refresh token, else on disk.
DROPBOX = {
    "app_key": env.str("DROPBOX_APP_KEY", default=""),
    "app_secret": env.str("DROPBOX_APP_SECRET", default=""),
    "oauth2_refresh_token": env.str("DROPBOX_REFRESH_TOKEN", default=""),
}
STORAGES: dict[str, dict[str, Any]] = {
    "receipts": {
        "BACKEND": "storages.backends.dropbox.DropboxStorage",
        "OPTIONS": {**DROPBOX, "write_mode": "add", "timeout": 10},
    }
    if DROPBOX["oauth2_refresh_token"]
    else {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "private", "base_url": None},
    },
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "files"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Browser security ------------------------------------------------------------------------------------------

# How many proxies of ours append to X-Forwarded-For; nothing before their entries is believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG  # one line per request, when it has ended
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # it would believe the whole header
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
)
SECURE_SSL_REDIRECT = BASE_URL.startswith("https://")
# The webhook URLs never redirect, whatever the scheme.
SECURE_REDIRECT_EXEMPT = [
    r"^api/stripe-webhooks/?$",
    r"^integrations/stripe/webhooks/?$",
    r"^stripe-webhook/?$",
]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_SSL_REDIRECT else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_SSL_REDIRECT
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_SSL_REDIRECT
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
X_FRAME_OPTIONS = "DENY"

STRIPE_ORIGINS = (
    [STRIPE_SANDBOX_URL] if STRIPE_SANDBOX_URL else ["https://*.stripe.com", "https://js.stripe.com"]
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE, *STRIPE_ORIGINS],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF, *STRIPE_ORIGINS],
        "frame-src": STRIPE_ORIGINS,
        "form-action": [SELF, *STRIPE_ORIGINS, "https://www.linkedin.com", LINKEDIN_SERVER_URL],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
