"""More rows of looking back than there are cases: python -m bench.grow --times 4.

A million cases take long to fill; their rows alone do not. Every further row is one of the real
ones with another day, hour, span until closing and, one time in ten, another district, channel or
kind, so that sums have as many different codes and spans as in a city of that size. Hand-overs are
multiplied. Only bench.analysis makes sense of such a database; `analysis check` does not.
"""

import argparse
from typing import Final

from bench.common import machine, prepare_django

#: Days by which a further row may lie beside its model; no row leaves the days of the real ones.
GROW: Final = """
with span as (select min(day) as first, max(day) as last from analysis_brief),
drawn as (
 select b.*, span.first, span.last, (random() * 6)::int - 3 as shift, random() as often,
  random() as one, random() as other, (b.waited_step * (0.8 + 0.4 * random()))::int as s
 from analysis_brief b, span, generate_series(2, %(times)s)),
placed as (
 select *, least(greatest(day + shift, first), last) as new_day,
  case when closed_day is not null then closed_day + shift end as new_closed
 from drawn)
insert into analysis_brief (
 case_id, opened_at, held_since, event, cell, day, closed_day, waited_step, longest_s, reporters,
 hour, district, cycle, returns, referral, urgent, late, merged, kind, category, unit, channel,
 ending, longest_stage, longest_unit, held_stage, held_unit)
select -row_number() over (), opened_at, held_since, event, cell, new_day,
 case when closed_day is not null then least(greatest(new_day, new_closed), last) end,
 s >> greatest(0, length(ltrim(s::bit(32)::text, '0')) - 6)
  << greatest(0, length(ltrim(s::bit(32)::text, '0')) - 6),
 (longest_s * (0.8 + 0.4 * one))::int, reporters, (other * 167)::int,
 case when often < 0.1 then (1 + one * 7)::int else district end, cycle, returns, referral,
 urgent, late, merged,
 case when often between 0.1 and 0.2 then 'request' else kind end, category, unit,
 case when often between 0.2 and 0.3 then 'web' else channel end, ending, longest_stage,
 longest_unit, held_stage, held_unit
from placed
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=4)
    options = parser.parse_args()
    prepare_django()
    from django.db import connection

    from peygir.analysis import rebuilding
    from peygir.analysis.models import Brief

    assert not Brief.objects.filter(pk__lt=0).exists(), "these rows were multiplied before"
    with connection.cursor() as cursor:
        cursor.execute(GROW, {"times": options.times})
        cursor.execute("update analysis_hop set n = n * %s", [options.times])
        rebuilding.sum_up()
        for table in ("brief", "tally", "pair", "hop"):
            cursor.execute(f"vacuum full analysis_{table}")
            cursor.execute(f"vacuum analyze analysis_{table}")
    print(f"{Brief.objects.count():,} rows ({machine()})")


if __name__ == "__main__":
    main()
