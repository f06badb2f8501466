"""How Django loads the request's user, in one query together with the organization, and checks passwords."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.models import User
from config.statements import Prepared

_BY_ID = Prepared(lambda pk: User.objects.select_related("current_organization").filter(pk=pk), -1)


class Backend(ModelBackend):
    """Passwords are for staff; customers come through LinkedIn or with a mailed code (`adapters`)."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        user = super().authenticate(request, username=username, password=password, **kwargs)
        return user if isinstance(user, User) and user.is_staff else None

    def get_user(self, user_id: Any) -> User | None:
        user = _BY_ID.first(user_id)
        return user if user and self.user_can_authenticate(user) else None
