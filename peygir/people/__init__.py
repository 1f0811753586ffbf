"""People: the organisation's units, posts and staff; citizens, and what they wrote, said and
photographed."""
