"""The telephone exchange tells of calls: a row for each, the caller on the operator's screen."""
