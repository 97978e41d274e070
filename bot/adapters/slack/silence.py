"""A logger that nobody hears, for the libraries: theirs hold whole payloads, messages, and codes
that are worth a token. What there is to say is said here."""

import logging

SILENT = logging.Logger("slack", logging.CRITICAL + 1)  # noqa: LOG001  # of no hierarchy
SILENT.disabled = True  # bolt gives its own loggers this, too
