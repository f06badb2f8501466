"""Pages and endpoints behind each kind of gate, beside the same without one."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import permissions
from accounts.api.idempotency import IdempotentWrites
from accounts.api.throttles import TierThrottle
from accounts.decorators import feature_required, tier_required
from accounts.models import Organization
from accounts.tiers import Tier
from config.api import ApiError


class Open(APIView):
    permission_classes = [AllowAny]

    def get(self, request: Request) -> Response:
        return Response({"for": str(request.user)})

    post = get


class Buy(IdempotentWrites):
    """Makes an organization, which can be counted, and ends as the caller says."""

    permission_classes = [AllowAny]

    def post(self, request: Request) -> Response:
        wanted = request.data.get("fail")
        if wanted == "malformed":
            raise ValidationError({"fail": "No."})
        made = Organization.objects.create(name="bought")
        if wanted == "crash":
            raise RuntimeError("the disk is full")
        if wanted:
            raise ApiError(int(wanted), "failed", "No.")
        return Response({"id": made.pk, "client_secret": f"pi_{made.pk}_secret_abc"}, 201)

    get = put = patch = delete = post


class SignedIn(Open):
    permission_classes = [IsAuthenticated]


class Premium(Open):
    permission_classes = [permissions.tier_required(Tier.PREMIUM)]


class Export(Open):
    permission_classes = [permissions.feature_required("export")]


class Metered(Open):
    throttle_classes = [TierThrottle]


def open_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"for {request.user}")


urlpatterns = [
    path("", include("config.urls")),
    path("test/open/", Open.as_view()),
    path("test/signed-in/", SignedIn.as_view()),
    path("test/premium/", Premium.as_view()),
    path("test/export/", Export.as_view()),
    path("test/buy/", Buy.as_view()),
    path("test/metered/", Metered.as_view()),
    path("test/page/open/", open_page),
    path("test/page/premium/", tier_required(Tier.PREMIUM)(open_page)),
    path("test/page/free/", tier_required(Tier.FREE)(open_page)),
    path("test/page/export/", feature_required("export")(open_page)),
    path("test/page/unknown/", feature_required("teleport")(open_page)),
]
