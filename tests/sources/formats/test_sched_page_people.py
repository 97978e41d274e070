"""Who leads a session on a page of a Sched event, and what people are called."""

import pytest

from bot.schedule import Kind, Person
from tests.sources.pages import entry, imported, only, sessions


@pytest.mark.parametrize(
    ("written", "description", "leads"),
    [
        ("Songs. (Session lead is Ada Reed)", "Songs.", ["Ada Reed"]),
        ("(Session lead is Ada Reed) Songs.", "Songs.", ["Ada Reed"]),
        ("Songs (of frogs). (Session lead is Ada Reed)", "Songs (of frogs).", ["Ada Reed"]),
        ("(Session leads are Ada Reed and Bo Lake)", "", ["Ada Reed", "Bo Lake"]),
        (
            "(Session leads are Ada Reed, Bo Lake and Cy Moss)",
            "",
            ["Ada Reed", "Bo Lake", "Cy Moss"],
        ),
        (
            "(Session leads are Ada Reed, Bo Lake, and Cy Moss)",
            "",
            ["Ada Reed", "Bo Lake", "Cy Moss"],
        ),
        ("(Session leads are Ada\nReed\nand Bo Lake)", "", ["Ada Reed", "Bo Lake"]),
        ("(Session leads are Ada Reed and Ada Reed)", "", ["Ada Reed"]),
        ("(Session lead is Ada Reed, )", "", ["Ada Reed"]),
        ("(Session lead is ~)", "", []),
        ("(Session lead is )", "(Session lead is )", []),
        ("Songs.\n\nJoin Ada Reed.", "Songs.", ["Ada Reed"]),
        ("Songs.\nJoin Ada Reed (Lily Pads Ltd).", "Songs.", ["Ada Reed"]),
        ("Songs.\nJoin Ada \N{LATIN CAPITAL LETTER A WITH RING ABOVE}berg.", "Songs.",
         ["Ada \N{LATIN CAPITAL LETTER A WITH RING ABOVE}berg"]),
        ("Join us by the water for songs.", "Join us by the water for songs.", []),
        ("Join Lily Pads and Reed at the water.", "Join Lily Pads and Reed at the water.", []),
        ("Join us.", "Join us.", []),
        ("Join in.\nJoin Ada Reed.", "Join in.", ["Ada Reed"]),
    ],
)  # fmt: skip
def test_leads_are_taken_out_of_the_description(
    written: str, description: str, leads: list[str]
) -> None:
    session = only(*written.split("\n"))

    assert (session.description, list(session.leads)) == (description, leads)


def test_party_that_begins_with_join_has_no_lead() -> None:
    (party,) = sessions(
        entry(
            "Join Lily Pads for a party at the water.",
            title="Evening at the water",
            full="Friday May 3, 2013 7:00pm - 11:00pm",
        )
    )

    assert (party.kind, party.leads, party.description) == (
        Kind.PARTY,
        (),
        "Join Lily Pads for a party at the water.",
    )


@pytest.mark.parametrize(
    ("written", "person"),
    [
        ("Ada Reed", Person("Ada Reed")),
        ("Ada\nReed", Person("Ada Reed")),
        ("ada reed", Person("Ada Reed", ("ada reed",))),
        ("AdaReed", Person("Ada Reed", ("AdaReed",))),
        ("AdaMacReed", Person("Ada MacReed", ("AdaMacReed",))),
        ("Ada~ Reed", Person("Ada Reed", ("Ada~ Reed",))),
        ("Ada ~ Reed", Person("Ada Reed", ("Ada ~ Reed",))),
        ("adareed", Person("adareed")),
        ("Ada van Reed", Person("Ada van Reed")),
        ("Ada O'Reed", Person("Ada O'Reed")),
        (
            "Ada O\N{RIGHT SINGLE QUOTATION MARK}Reed",
            Person("Ada O\N{RIGHT SINGLE QUOTATION MARK}Reed"),
        ),
        ("Ada B. Reed-Lake", Person("Ada B. Reed-Lake")),
    ],
)
def test_names_are_made_readable_and_the_signature_stays_an_alias(
    written: str, person: Person
) -> None:
    found = imported(entry(f"(Session lead is {written})")).schedule

    assert found.people == {person.name: person}
    assert [session.leads for session in found.sessions] == [(person.name,)]


def test_every_way_in_which_somebody_signed_stays_an_alias() -> None:
    signed = ("ada reed", "AdaReed", "Ada Reed", "ada reed")
    found = imported("".join(entry(f"(Session lead is {name})") for name in signed)).schedule

    assert found.people == {"Ada Reed": Person("Ada Reed", ("ada reed", "AdaReed"))}
