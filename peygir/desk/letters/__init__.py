"""Official letters: the register, writing and signing one, its PDF and XML, and what came back."""
