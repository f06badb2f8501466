"""How Django loads the request's user: in one query, together with the organization it acts for."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from accounts.models import User


class Backend(ModelBackend):
    """Passwords are for staff; customers come through LinkedIn or with a mailed code (`adapters`)."""

    def get_user(self, user_id: Any) -> User | None:
        user = User.objects.select_related("current_organization").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
