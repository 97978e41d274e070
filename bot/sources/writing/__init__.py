"""A schedule -> what other programs read: schedule JSON, which is also kept, and iCalendar."""
