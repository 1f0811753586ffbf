"""The public log: each event's public leaf in a Merkle tree that only grows (ADR 0021).

`queue` knows what waits, `sequence` gives every leaf its place, `files` publishes tiles, `signer`
signs what `guard` lets it, `witnesses` asks outsiders for theirs, `seal` does all that in order.
Nothing here knows what a leaf means: `settings.LEAVES` tells that.
"""
