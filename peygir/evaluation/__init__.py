"""Scores: negative points for lateness, objections to them, satisfaction and the league table."""
