"""A small witness of public logs, for a council, a newspaper or a university (C2SP tlog-witness).

It cosigns what only adds to what it has seen, remembers that before it answers, and refuses the
rest. It trusts nobody but its own disk, needs no database, and knows nothing of cities.
"""
