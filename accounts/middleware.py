"""What is added to answers on their way out."""

from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse

from accounts.usage import Meter


def rate_limit_headers(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Tells a metered caller how much is left, and in how many seconds the count starts again.

    As in the IETF's draft (`RateLimit-Policy`, `RateLimit`), and in three headers of its earlier versions, which
    more programs know. https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if spent := getattr(request, "spent", None):
            for name, value in _headers(*spent):
                response[name] = value
        return response

    return middleware


def _headers(meter: Meter, remaining: int) -> Iterator[tuple[str, str]]:
    window, left = meter.name, meter.seconds_left()
    yield "RateLimit-Policy", f'"{window}";q={meter.limit};w={int(meter.length.total_seconds())}'
    yield "RateLimit", f'"{window}";r={remaining};t={left}'
    yield "RateLimit-Limit", str(meter.limit)
    yield "RateLimit-Remaining", str(remaining)
    yield "RateLimit-Reset", str(left)
