"""What a source calls the type of an entry, or its title -> the kind of session it is."""

import re

from bot.schedule import Kind

_TYPES = (
    (Kind.LUNCH, r"lunch|mittagessen|déjeuner|almuerzo"),
    (Kind.BREAK, r"break|coffee|tea|pause|intermission|recess"),
    (Kind.LIGHTNING, r"lightning|ignite|pecha"),
    (Kind.UNCONFERENCE, r"unconference|open space|barcamp"),
    (Kind.HACKATHON, r"hackathon|hackfest|sprints?"),
    (Kind.PARTY, r"party|reception|afterparty"),
    (Kind.PLENARY, r"keynotes?|plenary|plenum|opening|closing|ceremony"),
)
_TYPE = tuple((kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)) for kind, words in _TYPES)
# A title that says no more than this is that of a pause: a talk about lunch is none.
_PAUSES = (
    (
        Kind.LUNCH,
        r"(?:conference |networking |community )?(?:lunch|buffet lunch|mittagessen|mittagspause|"
        r"déjeuner|almuerzo|pranzo)(?: break| pause)?",
    ),
    (
        Kind.BREAK,
        r"(?:(?:short|long|morning|afternoon|mid-?morning|coffee|tea|comfort|networking|"
        r"refreshment|bio|health|café)[ &/+-]*(?:and )?){0,3}(?:break|tea|coffee)(?: break)?"
        r"|(?:kaffee)?pause|pause[ -]café|pausa(?: caffè| café)?",
    ),
)
_PAUSE = tuple((kind, re.compile(words, re.IGNORECASE)) for kind, words in _PAUSES)


def kind_of(named: str, title: str, led: bool) -> Kind:
    """The kind; a type that is none of ours may tell it, and the title where nobody leads."""
    exact = next((kind for kind in Kind if kind == named.lower()), None)
    if exact not in (None, Kind.BREAK):
        return exact
    if not led:
        bare = title.strip(" .!()[]")
        for kind, words in _PAUSE:
            if words.fullmatch(bare):
                return kind
    if exact is not None:
        return exact
    for kind, words in _TYPE:
        # A talk that somebody gives is no pause, whatever its type is called.
        if words.search(named) and not (led and kind.pauses):
            return kind
    return Kind.SESSION
