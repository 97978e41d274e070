"""From a sync to what was said to the bot."""
