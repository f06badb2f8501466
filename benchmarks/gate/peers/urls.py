"""One endpoint: open to whoever has a token, and behind what each package has to ask whether somebody has paid."""

from typing import Any

from django.urls import path
from djstripe.models import Customer
from drf_stripe.stripe_api.subscriptions import list_user_subscription_products
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

PRODUCT = "prod_premium"
FEATURE = "charts"


class Open(APIView):
    permission_classes: list[Any] = [IsAuthenticated]

    def get(self, request: Request) -> Response:
        return Response({"user": request.user.pk})


class HasActiveSubscription(BasePermission):
    """dj-stripe: any subscription."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return Customer.objects.get(subscriber=request.user).has_any_active_subscription()


class IsSubscribedTo(BasePermission):
    """dj-stripe: a certain product."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return Customer.objects.get(subscriber=request.user).is_subscribed_to(PRODUCT)


class HasFeature(BasePermission):
    """drf-stripe-subscription: a certain feature."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return any(one.feature_id == FEATURE for one in request.user.stripe_user.subscribed_features)


class HasProduct(BasePermission):
    """drf-stripe-subscription: a certain product."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return any(one.product_id == PRODUCT for one in list_user_subscription_products(request.user.pk))


urlpatterns = [
    path("token/", Open.as_view()),
    path("dj-stripe/any/", Open.as_view(permission_classes=[HasActiveSubscription])),
    path("dj-stripe/product/", Open.as_view(permission_classes=[IsSubscribedTo])),
    path("drf-stripe/feature/", Open.as_view(permission_classes=[HasFeature])),
    path("drf-stripe/product/", Open.as_view(permission_classes=[HasProduct])),
]
