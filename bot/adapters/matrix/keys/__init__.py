"""Which keys others see of the bot, and which the bot has of others."""
