"""Calls of the API as a program makes them: with a token, without a session."""

from typing import Any

from django.test import Client

from accounts.models import ApiToken, Person

BASE = "/api/v1/"


class Caller(Client):
    """A client that sends a person's token; nobody's without one."""

    def __init__(self, person: Person | None = None) -> None:
        headers = {}
        if person is not None:
            _, text = ApiToken.objects.issue(person, "test", by=person)
            headers = {"Authorization": f"Token {text}"}
        super().__init__(headers=headers)

    def ask(self, path: str, **query: Any) -> Any:
        return self.get(BASE + path, query)

    def rows(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Every row of a list, over all its pages."""
        answer = self.ask(path, **query)
        found: list[dict[str, Any]] = []
        while True:
            assert answer.status_code == 200, answer.content
            page = answer.json()
            found += page["results"]
            if page["next"] is None:
                return found
            answer = self.get(page["next"])

    def send(self, path: str, body: Any = None) -> Any:
        return self.post(BASE + path, body, content_type="application/json")
