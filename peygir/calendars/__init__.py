"""Working time, Jalali dates, Persian text, phone numbers and tracking codes. Plain Python."""
