"""Who asks with a token, and in whose scope the rest of the request runs."""

from django.core.exceptions import PermissionDenied
from knox import auth
from rest_framework.exceptions import AuthenticationFailed

from accounts import second_factor
from accounts.lapsing import lapse_of
from accounts.models import ApiToken, Person
from accounts.scope import narrow


class TokenAuthentication(auth.TokenAuthentication):
    """`Authorization: Token …`. A token wins over a session.

    The middleware opened the scope of nobody, since it knows sessions alone; from here on the request runs in the
    scope of the token's person. Raises AuthenticationFailed for a token that opens nothing, PermissionDenied for who
    owes a second factor and has none.
    """

    def authenticate_credentials(self, token: bytes) -> tuple[Person, ApiToken]:
        try:
            found = ApiToken.objects.of_text(token.decode())
        except UnicodeDecodeError:
            found = None
        if found is None:
            raise AuthenticationFailed("This token is not known, or opens nothing any more.")
        person: Person = found.user
        self.reach = narrow(person)
        if person.role == Person.Role.MEMBER and not self.reach.own and lapse_of(person):
            raise AuthenticationFailed(
                "This access lapsed, since nobody used it. Sign in at the portal to open it again."
            )
        if second_factor.is_missing(person):
            raise PermissionDenied(second_factor.MISSING)
        found.used()
        return person, found

    def authenticate(self, request):  # type: ignore[no-untyped-def]
        who = super().authenticate(request)
        if who is not None:
            request._request.reach = self.reach  # as the middleware does for a session
        return who
