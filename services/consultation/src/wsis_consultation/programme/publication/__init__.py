"""The published programme in the formats of readers: a page, calendars, schedules of conference apps."""
