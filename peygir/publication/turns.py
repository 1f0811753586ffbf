"""What the worker does for the public again and again."""

from peygir.publication import listing


def list_receipts() -> bool:
    """List receipts of what was signed since; True asks for another turn at once."""
    return listing.list_new()
