"""Sign-in, the account page and organizations. Of allauth's pages only these: no passwords for customers."""

from allauth.account import views as allauth
from django.urls import include, path, register_converter
from django.urls.converters import IntConverter
from django.views.generic import RedirectView

from accounts import invitation_pages, key_pages, languages, member_pages, organization_pages, views
from accounts.api import invitations, me, members, organizations, tokens


class Id(IntConverter):
    """A row's id. A longer number is none: the database would stumble over it."""

    regex = "[0-9]{1,18}"


register_converter(Id, "id")

# One organization's pages, below /organizations/<id>/.
organization = [
    path("", organization_pages.people, name="organization"),
    path("settings/", organization_pages.settings, name="organization_settings"),
    path("switch/", organization_pages.switch, name="organization_switch"),
    path("close/", organization_pages.close, name="organization_close"),
    path("leave/", member_pages.leave, name="organization_leave"),
    path("transfer/", member_pages.transfer, name="organization_transfer"),
    path("members/<id:membership_id>/", member_pages.member, name="organization_member"),
    path("members/<id:membership_id>/remove/", member_pages.remove, name="organization_member_remove"),
    path("invitations/", invitation_pages.invite, name="organization_invite"),
    path("invitations/<id:invitation_id>/resend/", invitation_pages.resend, name="invitation_resend"),
    path("invitations/<id:invitation_id>/withdraw/", invitation_pages.withdraw, name="invitation_withdraw"),
]

urlpatterns = [
    path("i18n/setlang/", languages.switch, name="set_language"),
    path("account/", views.account, name="account"),
    path("account/keys/", key_pages.index, name="api_keys"),
    path("account/keys/new/", key_pages.make, name="api_key_make"),
    path("account/keys/<id:key_id>/replace/", key_pages.rotate, name="api_key_rotate"),
    path("account/keys/<id:key_id>/revoke/", key_pages.revoke, name="api_key_revoke"),
    path("account/applications/<id:session_id>/end/", key_pages.end_application, name="api_application_end"),
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
    path("organizations/", organization_pages.index, name="organizations"),
    path("organizations/new/", organization_pages.new, name="organization_new"),
    path("organizations/menu/", organization_pages.menu, name="organizations_menu"),
    path("organizations/<id:organization_id>/", include(organization)),
    path("invitations/<str:token>/", invitation_pages.invitation, name="invitation"),
    path("api/me/", me.Me.as_view(), name="api_me"),
    path("api/usage/", me.Usage.as_view(), name="api_usage"),
    path("api/token/", tokens.Obtain.as_view(), name="api_token"),
    path("api/token/refresh/", tokens.RefreshToken.as_view(), name="api_token_refresh"),
    path("api/token/revoke/", tokens.Revoke.as_view(), name="api_token_revoke"),
    path("api/organizations/", organizations.Organizations.as_view(), name="api_organizations"),
    path("api/organizations/<id:organization_id>/", organizations.One.as_view(), name="api_organization"),
    path("api/organizations/<id:organization_id>/members/", members.Members.as_view(), name="api_members"),
    path(
        "api/organizations/<id:organization_id>/members/<id:membership_id>/",
        members.Member.as_view(),
        name="api_member",
    ),
    path(
        "api/organizations/<id:organization_id>/invitations/",
        invitations.Invitations.as_view(),
        name="api_invitations",
    ),
    path(
        "api/organizations/<id:organization_id>/invitations/<id:invitation_id>/",
        invitations.One.as_view(),
        name="api_invitation",
    ),
    path(
        "api/organizations/<id:organization_id>/invitations/<id:invitation_id>/resend/",
        invitations.Resend.as_view(),
        name="api_invitation_resend",
    ),
    path("api/organizations/<id:organization_id>/switch/", organizations.Switch.as_view(), name="api_switch"),
]
