"""One endpoint: open to whoever is signed in under each stock authentication; gated; and counted as well."""

from django.urls import path
from rest_framework.authentication import SessionAuthentication, TokenAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.permissions import tier_required
from accounts.api.throttles import TierThrottle
from accounts.tiers import Tier


class Open(APIView):
    permission_classes = [IsAuthenticated]

    def get(self, request: Request) -> Response:
        return Response({"user": request.user.pk})


class Gated(Open):
    permission_classes = [tier_required(Tier.STARTER)]


class Metered(Gated):
    throttle_classes = [TierThrottle]


urlpatterns = [
    path("session/", Open.as_view(authentication_classes=[SessionAuthentication])),
    path("token/", Open.as_view(authentication_classes=[TokenAuthentication])),
    path("gated/", Gated.as_view()),
    path("metered/", Metered.as_view()),
]
