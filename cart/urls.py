"""The paths of the shop. Those of the API never redirect, so each is spelled with and without its slash."""

from django.urls import URLPattern, URLResolver, path

from cart import api, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("cart", api.Cart.as_view(), name="api-cart"),
    path("cart/", api.Cart.as_view()),
    path("create-payment-intent", api.CreatePaymentIntent.as_view(), name="api-create-payment-intent"),
    path("create-payment-intent/", api.CreatePaymentIntent.as_view()),
    path("shop/", views.shop, name="shop"),
    path("shop/items/<slug:slug>/", views.item, name="shop-item"),
    path("shop/cart/", views.cart, name="cart"),
    path("shop/cart/add/", views.add, name="shop-add"),
    path("shop/cart/currency/", views.currency, name="shop-currency"),
    path("shop/checkout/", views.checkout, name="checkout"),
    path("shop/orders/", views.orders, name="orders"),
    path("shop/orders/<uuid:uuid>/", views.order, name="order"),
    path("shop/orders/<uuid:uuid>/check/", views.check, name="order-check"),
]
