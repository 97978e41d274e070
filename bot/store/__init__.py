"""What has to be remembered, in SQLite or PostgreSQL through SQLAlchemy Core."""
