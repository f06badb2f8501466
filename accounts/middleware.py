"""What is added to answers on their way out."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def rate_limit_headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Tells a metered caller how much is left: `RateLimit-Limit`, `-Remaining`, `-Reset` (seconds)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in getattr(request, "rate_limit", {}).items():
            response[f"RateLimit-{name}"] = str(value)
        return response

    return middleware
