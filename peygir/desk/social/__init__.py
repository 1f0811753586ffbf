"""What the social networks are given of a case: written without names, approved by somebody else,
published by people (never by us), and the answer that came of it."""
