"""Everything a distrusting outsider needs to check the public log. Standard library only.

`join.py` makes one downloadable file of these modules, so each name at the top of a module is the
only one of its kind in the room, and modules take names from each other by `from … import name`.
The city computes with the very same functions. Works from Python 3.9 on.
"""
