"""The published programme in the formats of programs: calendars, schedules of conference apps."""
