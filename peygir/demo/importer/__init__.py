"""Importing real service requests of another system, through the real acts and all their guards."""
