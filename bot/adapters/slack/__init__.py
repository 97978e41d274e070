"""Speaks on Slack, in one workspace or in all that install the app.

`adapter` is what the rest of the bot knows. What comes over sockets or HTTP is taken in once by
`hearing`, answered by `answering`, drawn by `cards`, and goes out through `sending`; `workspaces`
knows the token of each workspace, and `people` where its people live.

What Slack calls a channel is a `bot.messages.Channel`; its id, and that of a user, begins with its
workspace.
"""
