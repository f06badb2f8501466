"""What is kept, and where: rows, counts, files."""

from typing import Any

from config.settings.environment import BASE_DIR, DEBUG, VAR_DIR, env

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
        # So many addresses must fail to sign in before a count is forgotten.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
# A webhook body may have 1 MiB; the receiver reads that itself and refuses more.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

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
