"""`[CANCELLED] Frogs` -> `Frogs`, and that it is cancelled: most organisers say so in the title."""

import re

_WORDS = (
    # As people write it, in any case, in the languages that conferences are announced in.
    r"cancel+ed|called off|withdrawn|abgesagt|entf[äa]llt|f[äa]llt (?:leider )?aus|"
    r"ausgefallen|gestrichen|annul[ée]e?s?|supprim[ée]e?|cancelad[oa]s?|suspendid[oa]s?|"
    r"anulad[oa]s?|cancel·lad[ao]|cancel·lat|annullat[oaei]|cancellat[oaei]|geannuleerd|"
    r"afgelast|vervallen|inst[äa]ll[dt]|avlyst|aflyst|peruttu|peruutettu|odwołan[eyao]|"
    r"zrušen[oáý]?|törölve|elmarad|anulată?|отмен[её]н[ао]?|отмена|скасовано|ακυρώθηκε|"
    r"iptal(?: edildi)?|中止|取消|キャンセル|취소(?:됨)?"
)
_MARKS = r"[\s!.*_~-]*"
_OPEN, _CLOSE = r"[(\[{<【（［«]", r"[)\]}>】）］»]"
_BETWEEN = r"\s*(?::|\||/|\s[-–—]|[-–—]\s|[–—]|!+|：|·)\s*"
_FORMS = (
    # In brackets, with a reason or without: (cancelled due to illness).
    rf"^{_MARKS}{_OPEN}{_MARKS}(?:{_WORDS})\b[^()\[\]{{}}<>【】]*{_CLOSE}\s*[:|/–—-]?\s*(?P<rest>.+)$",
    rf"^(?P<rest>.+?)\s*[:|/–—-]?\s*{_OPEN}{_MARKS}(?:{_WORDS})\b[^()\[\]{{}}<>【】]*{_CLOSE}{_MARKS}$",
    # Apart: `Cancelled: Frogs`, `*** CANCELLED *** Frogs`, `Frogs - cancelled`.
    rf"^{_MARKS}(?:{_WORDS})(?:{_BETWEEN}|\s*[*~_]+\s*)(?P<rest>.+)$",
    rf"^(?P<rest>.+?)(?:\s[-–—]\s*|\s*(?::|\||/|[–—]|\*+|~+|：|·)\s*|!\s+)(?:{_WORDS}){_MARKS}$",
)
# Without anything between it has to shout, and the title must not.
_SHOUTED = (
    r"^(?P<word>[^\W\d_][\w·]*)[!*.]*\s+(?P<rest>.+)$",
    r"^(?P<rest>.+?)\s+(?P<word>[^\W\d_][\w·]*)[!*.]*$",
)
_WORD = re.compile(_WORDS, re.IGNORECASE)
_NOTHING_ELSE = rf"^{_MARKS}{_OPEN}?{_MARKS}(?:{_WORDS}){_MARKS}{_CLOSE}?{_MARKS}$"
# Struck through, in Markdown.
_STRUCK = re.compile(r"^~~(?P<rest>.+)~~$")
_EMPHASIS = re.compile(r"^\s*[*_~]{2,}|[*_~]{2,}\s*$")
_NOT = re.compile(r"\b(?:not|nicht|never|non)$", re.IGNORECASE)
_LONGEST = 250
# Where the forms above may part a row of marks in two ways, a long one takes long.
_MANY_MARKS = re.compile(r"[\s!.*_~–—-]{13}")


def told(title: str) -> tuple[str, bool]:
    """The title without the words that say that the session is cancelled, and whether they do.
    Where nothing else is left, the title stays as it is."""
    if len(title) > _LONGEST or _MANY_MARKS.search(title) or _WORD.search(title) is None:
        return title, False
    # These take some milliseconds to compile, which most schedules do without: re keeps them.
    if re.match(_NOTHING_ELSE, title, re.IGNORECASE):
        return title, True
    for form in _FORMS:
        found = re.match(form, title, re.IGNORECASE)
        if found is not None and (rest := _bare(found["rest"])):
            return rest, True
    for form in _SHOUTED:
        found = re.match(form, title)
        if found is None or not _WORD.fullmatch(found["word"]) or not found["word"].isupper():
            continue
        rest = _bare(found["rest"])
        if rest and not rest.isupper():
            return rest, True
    return title, False


def _bare(rest: str) -> str:
    """What is left of a title; nothing if it says the contrary."""
    struck = _STRUCK.match(rest.strip())
    rest = _EMPHASIS.sub("", struck["rest"] if struck else rest)
    rest = rest.strip().rstrip("-–—:|/").strip()
    return "" if _NOT.search(rest) or not re.search(r"\w", rest) else rest
