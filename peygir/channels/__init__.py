"""Channels: the ways by which words come in and go out. One folder each; copy a neighbour."""
