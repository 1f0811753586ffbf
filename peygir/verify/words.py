"""What the checks say, in Persian. The English sentence is the key."""

PERSIAN: dict[str, str] = {}
