"""Pages for citizens: report, track, answer, object. They work without JavaScript."""
