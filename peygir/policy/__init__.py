"""A city's policy as a frozen value: loader, checker, guarantees, drawing. Pure Python."""
