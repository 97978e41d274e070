"""The formats that conferences publish their schedules in: one file each.

A new format is a new file here. `recognises(document)` says by the content whether a document is of
it, and `read(document, given)` makes an `Imported` of it, out of `Entry` values that
`reading.assembling` cleans, merges and numbers; only the pages of Sched, which are text without
fields, become sessions by rules of their own. A document is bytes for calendars, text for XML,
pages and CSV, and what JSON holds for all others. Lists have no mark of their own: `flat` and
`flat_csv` read what is left, and say what it lacks.

They are asked in `bot.sources.read`. What one format alone needs and what is too much for its file
stands beside it: `c3voc_times`, `calendars` for `ical`, `lists` for the lists. What another format
needs as well stands in `reading`.
"""
