"""What the rooms above catch when a calendar, a date or a span cannot be used."""


class CalendarError(ValueError):
    """A calendar, span or date that makes no sense.

    `key` is the place in the city's file, dotted (`hours.thu`), or "" where there is no file.
    """

    def __init__(self, message: str, *, key: str = "") -> None:
        super().__init__(f"{key}: {message}" if key else message)
        self.key = key


class JalaliError(CalendarError):
    """A Jalali date as typed that is not a day.

    `reason` is "format" (not year/month/day), "range" (year outside 1300 to 1499) or
    "no_such_day" (1405/12/30). Doors turn it into a sentence in the reader's language.
    """

    def __init__(self, message: str, *, reason: str) -> None:
        super().__init__(message)
        self.reason = reason
