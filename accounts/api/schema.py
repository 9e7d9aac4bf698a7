"""The OpenAPI schema: every call with every status that it may answer."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["detail"],
    "properties": {
        "detail": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": True, "description": "What is wrong, by name."},
    },
}
SAID = {
    "400": "A filter, a cursor, a size or a field cannot be used; `errors` says which.",
    "401": "Nobody is signed in, or the token opens nothing any more. The same at every address.",
    "403": "A second factor must be set up first, or the CSRF token of a session is missing.",
    "404": "There is nothing here, or it is not yours to see.",
    "409": "It cannot be done to the thing as it stands.",
    "413": "Too much for one call.",
    "415": "Send JSON.",
    "429": "Too many calls; `Retry-After` says for how many seconds.",
    "503": "It took too long; ask for less.",
}


class PortalSchema(AutoSchema):
    """Adds the errors, which all have one shape, and an example of nothing that a person may not ask for."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is not None:
            for status in self._errors():
                content = {"application/json": {"schema": ERROR}}
                operation["responses"].setdefault(status, {"description": SAID[status], "content": content})
        return operation

    def _errors(self) -> list[str]:
        statuses = ["401", "403", "429", "503"]
        if self._is_list_view() or self.method == "POST":
            statuses.append("400")
        if "{" in self.path:
            statuses.append("404")
        if self.method == "POST":
            statuses += ["409", "413", "415"]
        return sorted(statuses)


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "accounts.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        text = "`Token` and the text of a token: `Authorization: Token amp_…`"
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": text}
