"""Schedule XML as Pentabarf, frab, pretalx and Wafer write it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.schedule import Person, Room, Schedule, Session, Slot
from bot.sources import Imported, read
from tests.sources.documents import BERLIN, START, refusal

_UNKNOWN = "This is no schedule of a kind that I know"
_EVENING = datetime(2014, 7, 5, 21, 30, tzinfo=UTC)
_OWN_TYPE = "This XML declares a type of document of its own, which schedules do not."


def entry(*elements: str, attributes: str = "id='7' guid='frogs'", title: str = "Frogs") -> str:
    """An event; what is given comes behind its title, so a start has to be among it or is usual."""
    start = "" if any("<start>" in e for e in elements) else "<start>10:00</start>"
    duration = "" if any("<duration>" in e for e in elements) else "<duration>00:40</duration>"
    return f"<event {attributes}><title>{title}</title>{start}{duration}{''.join(elements)}</event>"


def document(
    *entries: str, conference: str = "", day: str = "date='2014-07-05'", head: str = ""
) -> str:
    """A schedule of one day in one room."""
    return (
        f"<schedule>{head}<conference><title>Pond Days</title>{conference}</conference>"
        f"<day {day}><room name='Pond'>{''.join(entries)}</room></day></schedule>"
    )


def imported(xml: str) -> Imported:
    return read(xml.encode(), BERLIN)


def schedule(xml: str) -> Schedule:
    found = imported(xml)
    assert found.warnings == ()
    return found.schedule


def only(*elements: str, attributes: str = "id='7' guid='frogs'", title: str = "Frogs") -> Session:
    (session,) = schedule(document(entry(*elements, attributes=attributes, title=title))).sessions
    return session


def test_a_whole_document() -> None:
    found = schedule(
        document(
            entry(
                "<date>2014-07-05T10:00:00+02:00</date><room>Brook</room><type>keynote</type>"
                "<subtitle>A chorus</subtitle><abstract>Why they sing.</abstract>"
                "<description>&lt;p&gt;At length.&lt;/p&gt;</description>"
                "<persons><person id='1'>Ada Reed</person><person id='2'> Bo </person></persons>"
                "<links><link href='https://a.example/'>A</link><link href=''/></links>"
                "<attachments><attachment type='slides' href='https://a.example/a.pdf'>S</attachment>"
                "<attachment href='/local.pdf'/></attachments><url>https://pond.example/7</url>"
            ),
            entry("<start>23:30</start>", attributes="id='8'", title="Newts"),
            conference="<venue>The Mill</venue><day_change>06:00:00</day_change>",
            head="<version>1.5 Reeds</version>",
        )
    )

    assert found.sessions == (
        Session(
            id=7, guid="frogs", title="Frogs",
            slot=Slot(START, START + timedelta(minutes=40), ("Brook",)),
            leads=("Ada Reed", "Bo"), kind=found.sessions[0].kind.PLENARY,
            abstract="A chorus. Why they sing.", description="At length.",
            links=("https://pond.example/7", "https://a.example/", "https://a.example/a.pdf"),
        ),
        Session(
            id=8, guid="8", title="Newts",
            slot=Slot(_EVENING, _EVENING + timedelta(minutes=40), ("Pond",)),
        ),
    )  # fmt: skip
    assert found.people == {"Ada Reed": Person("Ada Reed"), "Bo": Person("Bo")}
    assert found.rooms == {"Brook": Room("Brook"), "Pond": Room("Pond")}
    assert (found.event, found.venue, found.version, found.day_change, found.timezone) == (
        "Pond Days", "The Mill", "1.5 Reeds", time(6), BERLIN,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("conference", "written", "start"),
    [
        ("", "<start>10:00</start>", datetime(2014, 7, 5, 8, tzinfo=UTC)),
        ("", "<start>03:59</start>", datetime(2014, 7, 6, 1, 59, tzinfo=UTC)),
        ("", "<start>04:00</start>", datetime(2014, 7, 5, 2, tzinfo=UTC)),
        ("<day_change>09:00:00</day_change>", "<start>08:59</start>",
         datetime(2014, 7, 6, 6, 59, tzinfo=UTC)),
        ("<day_change>09:00</day_change>", "<start>09:00</start>",
         datetime(2014, 7, 5, 7, tzinfo=UTC)),
        ("<day_change>dawn</day_change>", "<start>03:59</start>",
         datetime(2014, 7, 6, 1, 59, tzinfo=UTC)),
        ("<time_zone_name>Asia/Tokyo</time_zone_name>", "<start>10:00</start>",
         datetime(2014, 7, 5, 1, tzinfo=UTC)),
        # The date and its offset win over all else.
        ("", "<date>2014-07-05T08:00:00Z</date><start>10:00</start>",
         datetime(2014, 7, 5, 8, tzinfo=UTC)),
        ("", "<date>2014-07-06T01:00:00+09:00</date><start>11:00</start>",
         datetime(2014, 7, 5, 16, tzinfo=UTC)),
        ("", "<date>2014-07-06T00:30:00</date><start>00:30</start>",
         datetime(2014, 7, 5, 22, 30, tzinfo=UTC)),
        ("", "<date>2014-07-06</date><start>00:30</start>",
         datetime(2014, 7, 5, 22, 30, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_starts(conference: str, written: str, start: datetime) -> None:
    (session,) = schedule(document(entry(written), conference=conference)).sessions

    assert session.slot.start == start


@pytest.mark.parametrize(
    ("durations", "minutes"),
    [
        (["00:50"], [50]),
        (["1:30:00"], [90]),
        (["0:50:00"], [50]),
        (["00:25:00", "1:00:00"], [25, 60]),
        (["01:00:00"], [24 * 60]),
        (["1:02:00"], [26 * 60]),
        ([""], [None]),
    ],
)
def test_length_in_three_parts_is_what_the_whole_file_means_by_it(
    durations: list[str], minutes: list[int | None]
) -> None:
    found = schedule(
        document(
            *(
                entry(f"<start>1{n}:00</start><duration>{text}</duration>", attributes=f"id='{n}'")
                for n, text in enumerate(durations)
            )
        )
    )

    lengths = [
        s.slot.end and (s.slot.end - s.slot.start) / timedelta(minutes=1) for s in found.sessions
    ]
    assert lengths == minutes


@pytest.mark.parametrize(
    ("attributes", "guids"),
    [
        (["guid='a' id='1'", "guid='b' id='2'"], ["a", "b"]),
        (["id='1'", "id='2'"], ["1", "2"]),
        (["id='1'", "id='1'"], ["", ""]),
        (["code='ABC'", "guid='b' code='DEF'"], ["ABC", "b"]),
        ([""], [""]),
    ],
)
def test_guid_code_or_id_is_what_the_source_knows_a_session_by(
    attributes: list[str], guids: list[str]
) -> None:
    entries = (
        entry(f"<start>1{n}:00</start>", attributes=each, title=f"Frogs {n}")
        for n, each in enumerate(attributes)
    )

    assert [s.guid for s in schedule(document(*entries)).sessions] == guids


@pytest.mark.parametrize(
    ("head", "url", "guid"),
    [
        ("<generator name='pretalx' version='2025.1'/>", "", "CODE42"),
        ("", "<url>https://talks.example/pond/talk/XYZ789/</url>", "CODE42"),
        ("<generator name='frab'/>", "<url>https://talks.example/pond/talk/XYZ789/</url>", "frogs"),
    ],
)
def test_what_pretalx_exports_is_known_by_its_code(head: str, url: str, guid: str) -> None:
    event = entry(url, attributes="guid='frogs' code='CODE42' id='1'")

    assert [s.guid for s in schedule(document(event, head=head)).sessions] == [guid]


def test_older_pretalx_has_the_code_in_the_address_alone() -> None:
    assert only("<url>https://talks.example/pond/talk/XYZ789/</url>").guid == "XYZ789"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Frogs &amp; toads", "Frogs & toads"),
        ("Frogs & toads", "Frogs & toads"),
        ("Frogs&nbsp;&eacute;t&hellip;", "Frogs ét…"),
        ("Frogs &nosuchname; x", "Frogs &nosuchname; x"),
        ("Frogs&NewLine;&Tab;a &lt b &LT; AT&AMP;T &QUOT;&copy", 'Frogs a < b < AT&T "©'),
        (
            "Frogs &#55357;&#56376;&#xD83D;&#xdc38; and &#xD83D;, &#x110000;&#0;toads",
            "Frogs 🐸🐸 and , toads",
        ),
        ("Donau&shy;dampf\xadschiff", "Donaudampfschiff"),
        (f"Frogs &#{'9' * 5000};&#x{'f' * 5000};toads", "Frogs toads"),
        ("Frogs &#xZ; &#; &; toads", "Frogs &#xZ; &#; &; toads"),
        ("Fr\x0bogs\x01", "Fr ogs"),
        ("Frogs &#x1; and &#13; toads", "Frogs and toads"),
        ("<![CDATA[<p>Frogs & <b>toads</b></p>]]>", "Frogs & toads"),
        ("<p>Frogs <b>and</b></p><p>toads</p>", "Frogs and toads"),
        ("&lt;p&gt;Frogs&lt;/p&gt;", "Frogs"),
    ],
)
def test_texts_are_read_however_they_were_escaped(written: str, text: str) -> None:
    session = only(f"<description>{written}</description>", title=written)

    assert (session.title, session.description) == (text, text)


def test_links_in_a_text_are_kept() -> None:
    session = only("<abstract>&lt;a href='https://a.example/?b=1&amp;amp;c'&gt;see&lt;/a&gt;, or"
                   " https://b.example/x.</abstract>")  # fmt: skip

    assert (session.abstract, session.links) == (
        "see, or https://b.example/x.",
        ("https://a.example/?b=1&c", "https://b.example/x"),
    )


def test_persons_may_hold_elements_and_be_nobody() -> None:
    persons = (
        "<person><name>areed</name><public_name>Ada Reed</public_name></person><person/>"
        "<person>Ren&eacute;e & Bo</person>"
    )

    assert only(f"<persons>{persons}</persons>").leads == ("Ada Reed", "Renée & Bo")


def test_room_may_be_unnamed_repeated_or_missing() -> None:
    unnamed, nowhere = entry(attributes="id='1'", title="A"), entry(attributes="id='2'", title="B")
    xml = (
        f"<schedule><conference/><day date='2014-07-05'><room>{unnamed}</room>"
        f"<room name='Pond'>{entry()}</room><room name='Weir'>{entry()}</room>{nowhere}</day>"
        "</schedule>"
    )

    assert [(s.title, s.slot.rooms) for s in schedule(xml).sessions] == [
        ("A", ()), ("B", ()), ("Frogs", ("Pond", "Weir")),
    ]  # fmt: skip


def test_entities_of_html_are_read_wherever_they_stand() -> None:
    xml = document(
        entry("<room>Caf&eacute;</room>", attributes="id='1' guid='a&quot;b'"),
        conference="<venue>M&uuml;hle</venue>",
    ).replace("'Pond'", "'B&auml;che'")
    (session,) = (found := schedule(xml)).sessions

    assert (found.venue, session.slot.rooms, session.guid) == ("Mühle", ("Café",), 'a"b')


def test_a_session_may_name_several_rooms_and_one_of_them_twice() -> None:
    rooms = "<room>Pond</room><room/><room>Weir</room><room>Pond</room>"

    assert only(rooms).slot.rooms == ("Pond", "Weir")


@pytest.mark.parametrize("attributes", ["id='7' guid='frogs'", "id='7'", "guid='frogs'"])
def test_a_session_that_stands_in_several_rooms_is_one(attributes: str) -> None:
    each = entry(attributes=attributes)
    other = entry("<start>12:00</start>", title="Newts", attributes="id='8'")
    rooms = "".join(
        f"<room name='{name}'>{inside}</room>"
        for name, inside in (("Pond", each + other), ("Weir", each), ("Pond", each), ("Loft", ""))
    )
    xml = f"<schedule><conference/><day date='2014-07-05'>{rooms}</day></schedule>"

    assert [(s.title, s.slot.rooms) for s in schedule(xml).sessions] == [
        ("Frogs", ("Pond", "Weir")), ("Newts", ("Pond",)),
    ]  # fmt: skip


def test_one_number_for_several_sessions_is_the_key_of_none() -> None:
    later = entry("<start>12:00</start>", attributes="id='7'")
    found = schedule(document(entry(attributes="id='7'"), later))

    assert [(s.id, s.guid) for s in found.sessions] == [(7, ""), (1, "")]


def test_namespace_and_comments_are_looked_past() -> None:
    xml = document("<!-- none -->", entry()).replace("<schedule>", "<schedule xmlns='urn:x'>")

    assert [
        s.title for s in schedule("<?xml version='1.0'?><!-- a --><?b c?>\n" + xml).sessions
    ] == ["Frogs"]


@pytest.mark.parametrize(
    ("elements", "warning"),
    [
        ("<start>25:00</start>", "Frogs: left out, it has no date that can be read."),
        ("<start/>", "Frogs: left out, it has no date that can be read."),
        (
            "<date>soon</date><start>10:00</start>",
            "Frogs: left out, it has no date that can be read.",
        ),
        ("<date>0001-01-01T10:00:00</date>", "Frogs: left out, its date is out of all reason."),
    ],
)
def test_broken_entry_costs_itself_and_a_warning(elements: str, warning: str) -> None:
    found = imported(document(entry(elements), entry(attributes="id='8'", title="Newts")))

    assert ([s.title for s in found.schedule.sessions], found.warnings) == (["Newts"], (warning,))


_SECRET = "<!DOCTYPE schedule [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
_LAUGHS = (
    "<!DOCTYPE schedule [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(12))
    + "]>"
)


@pytest.mark.parametrize(
    "doctype", [_SECRET, _LAUGHS, "<!DOCTYPE schedule [ ]>", "<!doctype schedule ["]
)
def test_types_of_document_of_its_own_are_refused(doctype: str) -> None:
    assert refusal((doctype + document(entry(title="&x;"))).encode(), BERLIN) == _OWN_TYPE


def test_reference_to_a_type_of_document_is_not_followed() -> None:
    doctype = "<?xml version='1.0'?><!DOCTYPE schedule SYSTEM 'http://127.0.0.1:9/schedule.dtd'>"

    assert [s.title for s in schedule(doctype + document(entry())).sessions] == ["Frogs"]


@pytest.mark.parametrize("cut", [1, 12, 40, 120])
def test_what_did_not_arrive_whole_is_refused(cut: int) -> None:
    assert refusal(document(entry(), entry()).encode()[:-cut], BERLIN) == (
        "This XML is broken at line 1, or did not arrive whole."
    )


@pytest.mark.parametrize(
    "xml", ["<rss><schedule/></rss>", "<", "<schedules/>", "<!DOCTYPE html><p>", "<!--"]
)
def test_other_xml_is_refused(xml: str) -> None:
    assert refusal(xml.encode(), BERLIN).startswith(_UNKNOWN)


@pytest.mark.parametrize("xml", ["<schedule/>", "<schedule><day/></schedule>", document()])
def test_schedule_without_a_session_is_refused(xml: str) -> None:
    assert refusal(xml.encode(), BERLIN) == "There is not one session in this schedule."


def test_schedule_without_a_zone_is_refused() -> None:
    assert refusal(document(entry()).encode()) == (
        "This schedule names no time zone: name one, like America/Los_Angeles (--timezone)."
    )


def test_days_of_a_long_event_begin_when_those_behind_the_first_do() -> None:
    days = "".join(
        f"<day date='2014-07-0{n}' start='2014-07-0{n}T{hour}:00:00+02:00'>"
        f"{entry('<start>05:30</start>', title=str(n), attributes='')}</day>"
        for n, hour in ((5, "11"), (6, "06"), (7, "06"))
    )
    found = schedule(f"<schedule><conference/>{days}</schedule>")

    assert (found.day_change, found.days) == (
        time(6), (date(2014, 7, 5), date(2014, 7, 6), date(2014, 7, 7)),
    )  # fmt: skip


@pytest.mark.parametrize(("written", "cancelled"), [("false", False), ("true", True), ("", False)])
def test_cancelled_says_whether(written: str, cancelled: bool) -> None:
    (session,) = read(
        document(entry(f"<cancelled>{written}</cancelled>")).encode(), BERLIN
    ).schedule.sessions

    assert session.cancelled is cancelled
