"""Invented content for the page that shows every component."""

from typing import Any


def guide() -> dict[str, Any]:
    return {}
