"""Sign-in and the account page. Of allauth's pages only these: no passwords for customers."""

from allauth.account import views as allauth
from django.urls import path
from django.views.generic import RedirectView

from accounts import views

urlpatterns = [
    path("account/", views.account, name="account"),
    path("accounts/login/", allauth.login, name="account_login"),
    path("accounts/login/code/confirm/", allauth.confirm_login_code, name="account_confirm_login_code"),
    path("accounts/logout/", allauth.logout, name="account_logout"),
    path("accounts/signup/", allauth.signup, name="account_signup"),
    path("accounts/confirm-email/", allauth.email_verification_sent, name="account_email_verification_sent"),
    path("accounts/inactive/", allauth.account_inactive, name="account_inactive"),
    path("accounts/oidc/<slug:provider_id>/login/", views.linkedin, name="openid_connect_login"),
    path(
        "accounts/oidc/<slug:provider_id>/login/callback/",
        views.linkedin_callback,
        name="openid_connect_callback",
    ),
    # Names that allauth sends people to; here they are one page with another.
    path(
        "accounts/login/code/",
        RedirectView.as_view(pattern_name="account_login", query_string=True),
        name="account_request_login_code",
    ),
    path("accounts/email/", RedirectView.as_view(pattern_name="account"), name="account_email"),
]
