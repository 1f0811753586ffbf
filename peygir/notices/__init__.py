"""Notices: who must be told what, queued in the transaction of the event and delivered at least once."""
