"""Speaks on Matrix, in encrypted rooms too.

`adapter` is what the rest of the bot knows; it logs in (`login`) and hands out an `account`, which
takes batch after batch (`hearing`), goes where it is wanted (`rooms`), and answers: `conversations`
sees to the order, `answering` to each command, `sending` to the way out. `client` is nio, which
keeps the state of rooms and the keys of encrypted ones (`keys`); all other requests go through
`homeserver`.

What Matrix calls a room is a `bot.messages.Channel` for the rest; a room of the programme has no
name here. A session is one of the programme's, never a login.
"""
