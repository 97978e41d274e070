"""From a reply to an event in a room, at the homeserver's pace."""
