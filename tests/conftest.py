"""Shared by all tests: the database server is up before the first test asks for it."""
