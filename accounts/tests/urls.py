"""Pages and endpoints behind each kind of gate, beside the same without one."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import permissions
from accounts.api.throttles import TierThrottle
from accounts.decorators import feature_required, tier_required
from accounts.tiers import Tier


class Open(APIView):
    permission_classes = [AllowAny]

    def get(self, request: Request) -> Response:
        return Response({"for": str(request.user)})

    post = get


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
    path("test/metered/", Metered.as_view()),
    path("test/page/open/", open_page),
    path("test/page/premium/", tier_required(Tier.PREMIUM)(open_page)),
    path("test/page/free/", tier_required(Tier.FREE)(open_page)),
    path("test/page/export/", feature_required("export")(open_page)),
    path("test/page/unknown/", feature_required("teleport")(open_page)),
]
