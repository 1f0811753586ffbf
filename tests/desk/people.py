"""Somebody at a desk, signed in, on Qom's own noon."""

from typing import Any

from django.test import Client

from tests.city import hire


def signed_in(*posts: str, username: str = "", **fields: Any) -> Client:
    """A browser in which somebody who fills `posts` is signed in."""
    person = hire(username or "-".join(posts)[:50], *posts, **fields)
    client = Client()
    client.force_login(person)
    return client


def soup(response: Any) -> str:
    return str(response.content.decode())
