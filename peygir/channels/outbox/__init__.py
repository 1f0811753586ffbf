"""Development: a page with the messages that would have gone."""
