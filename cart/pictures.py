"""Pictures of items: files in static/img/shop/, made or bought by whoever runs the shop, and deployed with it."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static

FOLDER = "img/shop"


def names() -> list[str]:
    """Those that there are."""
    folder = finders.find(FOLDER)
    return sorted(file.name for file in Path(folder).iterdir()) if folder else []


def url(name: str) -> str:
    """Where it is to be seen; empty for none, and for one that was not deployed, so that no page fails for it.

    https://docs.djangoproject.com/en/stable/ref/contrib/staticfiles/#manifeststaticfilesstorage
    """
    try:
        return static(f"{FOLDER}/{name}") if name else ""
    except ValueError:
        return ""
