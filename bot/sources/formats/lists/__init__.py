"""What reading lists needs beside their formats: rows, which field is what, days as written."""
