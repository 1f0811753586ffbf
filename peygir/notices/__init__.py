"""Notices: who must be told what. Queued with the event, delivered at least once."""
