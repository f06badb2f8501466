"""The API's description, at /api/schema/ for programs, at /api/docs/ for people."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from config import error_list


@require_safe
def schema(request: HttpRequest) -> JsonResponse:
    """OpenAPI 3.1. The same for everybody, in the reader's language."""
    return JsonResponse(_described(get_language()))


@require_safe
def docs(request: HttpRequest) -> Any:
    """Swagger's pages, whose requests are made as the visitor who is signed in."""
    return render(request, "api/docs.html")


@require_safe
def errors(request: HttpRequest) -> Any:
    """All codes of errors, with what they say and who answers them."""
    found = error_list.of(_described(get_language()))
    context = {
        "answered": [entry for entry in found if entry.tags],
        "pages_only": [entry for entry in found if not entry.tags],
        "everywhere": error_list.EVERYWHERE,
    }
    return render(request, "api/errors.html", context)


@lru_cache(maxsize=8)
def _described(language: str | None) -> dict[str, Any]:
    """Worked out once in each process: it takes most of a second, and changes with the code only."""
    from config import schema as description  # it looks at the views, which are loaded with the addresses

    return description.of()
