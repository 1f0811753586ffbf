"""Working time, Jalali dates, Persian text, phone numbers and tracking codes. Plain Python.

Time zones come from the pinned `tzdata` package, for the whole process: a machine's own zone
files may be years old and still know summer time that a country has given up.
"""

import zoneinfo

zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()
