"""What follows once a unit has answered: calls, field visits, heads, scores, people and policy."""
