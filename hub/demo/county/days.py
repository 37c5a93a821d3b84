"""The county's calendar: everything is told as so many days or minutes before now."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Chicago")
_KEPT_DAYS = 4_000


class Calendar:
    """`now` must be aware; days are those of the county's own zone."""

    def __init__(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("now should be an aware datetime")
        self.local_now = now.astimezone(ZONE)
        self.today = self.local_now.date()
        self.midnight = datetime(self.today.year, self.today.month, self.today.day, tzinfo=ZONE)
        self._minutes = int(now.timestamp()) // 60
        self._hours: dict[int, tuple[str, str]] = {}
        self._written = [self.on(ago).isoformat() for ago in range(_KEPT_DAYS)]

    def on(self, ago: int) -> date:
        """So many days before today; a negative number lies ahead."""
        return self.today - timedelta(days=ago)

    def day(self, ago: int) -> str:
        """The same, written YYYY-MM-DD."""
        return self._written[ago] if 0 <= ago < _KEPT_DAYS else self.on(ago).isoformat()

    def moment(self, minutes: int) -> str:
        """So many minutes before now, local and to the minute: 2026-06-15T10:30:00-05:00."""
        hour, minute = divmod(self._minutes - minutes, 60)
        if hour not in self._hours:
            # The county's clocks change on the hour, so that all of an hour has one offset.
            written = datetime.fromtimestamp(hour * 3_600, ZONE).isoformat()
            self._hours[hour] = (written[:13], written[19:])
        until_hour, offset = self._hours[hour]
        return f"{until_hour}:{minute:02}:00{offset}"
