"""A column of days is what the calendar reads one by one."""

from datetime import date
from zoneinfo import ZoneInfo

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.hmis.calendar import Calendar
from adapters.hmis.checks.days import dated
from adapters.hmis.spec import fy2026

CALENDAR = Calendar(ZoneInfo("America/Chicago"), date(2026, 3, 1))
DAYS = st.one_of(
    st.dates().map(str),
    st.from_regex(r"[0-9+ -]{0,4}-?[0-9]{1,2}-[0-9]{1,3}([ T][0-9:.]{0,12})?", fullmatch=True),
    st.sampled_from(
        ["", "08-MAY-67", "12-31-2015", "9-10-2015 21:39:00", "+2026-3-01", "-026-03-01", "20260-1-01", "today"]
    ),
)
MOMENTS = st.one_of(
    st.datetimes().map(lambda at: at.isoformat(" ")), st.datetimes().map(lambda at: f"{at:%Y-%m-%d %H:%M:%S}"), DAYS
)


@settings(deadline=None)
@given(st.lists(st.tuples(DAYS, MOMENTS), min_size=1, max_size=8))
def test_whatever_was_written(rows: list[tuple[str, str]]) -> None:
    table = fy2026().tables["Client"]
    born, updated = ([text.strip() for text in column] for column in zip(*rows, strict=True))
    texts = {**dict.fromkeys(table.columns, ""), "DOB": born, "DateUpdated": updated}
    frame = dated(pl.DataFrame(texts), table, CALENDAR)

    assert frame["@DOB"].to_list() == [CALENDAR.day(text) for text in born]
    assert frame["@DateUpdated"].to_list() == [
        CALENDAR.day(text) if CALENDAR.moment(text) is not None else None for text in updated
    ]
