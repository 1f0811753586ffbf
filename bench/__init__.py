"""Measurements of Peygir on a machine of your own; see README.md here. Nothing of it is served."""
