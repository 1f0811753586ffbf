"""The policy desk (screen 13): a new version drafted, replayed, approved, and taken into force."""
