"""What the other settings are made from: where this checkout is and runs, and which apps sell."""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()
if env.bool("READ_DOT_ENV", default=True):
    env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "Set SECRET_KEY in the environment or in .env (`make run` makes one for development)."
    )
BASE_URL = env.str("BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))

# Take these out and what is left still runs, everyone on the free tier.
PAYING_APPS = env.list("PAYING_APPS", default=["billing", "cart", "portal"])
