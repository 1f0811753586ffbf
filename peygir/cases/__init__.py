"""The heart: a case, who must act now, and the clocks that make sure somebody does."""
