"""What reading iCalendar needs beside its format's file: content lines, and what repeats."""
