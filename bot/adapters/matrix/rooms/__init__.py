"""Where the bot is, where it comes and goes, and whose direct chat is where."""
