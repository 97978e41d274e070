"""Titles that say that a session is cancelled, in the ways that people have."""

import pytest

from bot.sources.reading.titles import told
from tests.sources.documents import only
from tests.sources.pages import only as only_on_page


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("CANCELLED! Frogs for Beginners", "Frogs for Beginners"),
        ("[CANCELLED] Frogs", "Frogs"),
        ("[cancelled]Frogs", "Frogs"),
        ("(Canceled) Frogs", "Frogs"),
        ("[CANCELLED] - Frogs", "Frogs"),
        ("**[CANCELLED]** Frogs", "Frogs"),
        ("*** CANCELED *** Frogs", "Frogs"),
        ("Cancelled: Frogs", "Frogs"),
        ("Cancelled - Frogs", "Frogs"),
        ("CANCELLED – Frogs", "Frogs"),
        ("CANCELLED | Frogs", "Frogs"),
        ("CANCELLED Frogs and toads", "Frogs and toads"),
        ("Frogs (cancelled)", "Frogs"),
        ("Frogs [CANCELED]", "Frogs"),
        ("Frogs - cancelled", "Frogs"),
        ("Frogs: CANCELLED", "Frogs"),
        ("Frogs / cancelled", "Frogs"),
        ("Frogs – CANCELLED!", "Frogs"),
        ("Frogs and toads CANCELLED", "Frogs and toads"),
        ("Frogs CANCELLED!!", "Frogs"),
        ("Frogs! Cancelled", "Frogs"),
        ("Frogs (cancelled due to illness)", "Frogs"),
        ("[Withdrawn] Frogs", "Frogs"),
        ("~~Frogs~~ (cancelled)", "Frogs"),
        ("ABGESAGT: Frösche", "Frösche"),
        ("Frösche (entfällt)", "Frösche"),
        ("Fällt aus: Frösche", "Frösche"),
        ("Fällt leider aus: Frösche", "Frösche"),
        ("Annulé : Grenouilles", "Grenouilles"),
        ("Grenouilles (annulée)", "Grenouilles"),
        ("CANCELADO - Ranas", "Ranas"),
        ("Rane (annullato)", "Rane"),
        ("Kikkers (geannuleerd)", "Kikkers"),
        ("INSTÄLLT: Grodor", "Grodor"),
        ("[Avlyst] Frosker", "Frosker"),
        ("PERUTTU: Sammakot", "Sammakot"),
        ("Odwołane: Żaby", "Żaby"),
        ("Zrušeno: Žáby", "Žáby"),
        ("Отменён: Лягушки", "Лягушки"),
        ("【中止】カエル", "カエル"),
        ("カエル（中止）", "カエル"),
        ("取消：青蛙", "青蛙"),
    ],
)
def test_what_says_that_a_session_is_cancelled_leaves_its_title(written: str, title: str) -> None:
    assert told(written) == (title, True)


@pytest.mark.parametrize(
    "title", ["CANCELLED", "(Cancelled)", "*** cancelled! ***", "Abgesagt", "[Cancelled] ..."]
)
def test_title_that_says_nothing_else_stays(title: str) -> None:
    assert told(title) == (title, True)


@pytest.mark.parametrize(
    "title",
    [
        "Frogs",
        "",
        "Cancelled flights and how to survive them",
        "How they cancelled us",
        "Session cancelled: what happens to your tasks",
        "GET CANCELLED",
        "THE SHOW THEY CANCELLED",
        "Frogs (NOT CANCELLED)",
        "The show is NOT CANCELLED",
        "Not cancelled",
        "Frogs: not cancelled",
        "Uncancelled: a memoir",
        "Noise cancellation: a primer",
        "CANCELLED-Frogs",
        "Frogs " * 80 + "(cancelled)",
    ],
)
def test_other_titles_stay_as_they_are(title: str) -> None:
    assert told(title) == (title, False)


@pytest.mark.parametrize("written", ["(" * 390 + "cancelled", "- " * 190 + "cancelled", "!" * 390])
def test_no_title_takes_long(written: str) -> None:
    assert told(written) in ((written, True), (written, False))


def test_every_format_is_read_so() -> None:
    read = (only(title="[Cancelled] Frogs"), only_on_page(title="Frogs (cancelled)"))

    assert [(s.title, s.cancelled) for s in read] == [("Frogs", True)] * 2
