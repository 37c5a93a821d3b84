"""Packs: what counts on which day, what is wrong with a file, and what the two examples do once they are signed."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from consent.engine import decide
from consent.packs import Pack, UnreadablePack, example, examples, read_pack
from consent.packs.words import effect_of, rules_of, standing
from schemas.disclosure import DisclosureRequest, Party, Piece, Recipient, Subject
from schemas.instruments import Agreement, Consent, Facts, FieldProtocol, Policies, StatePack
from schemas.overlays import Overlay
from schemas.vocab import (
    AgreementKind,
    Capacity,
    Category,
    Channel,
    Field,
    Match,
    Obligation,
    ParentAccess,
    Purpose,
    Relationship,
    Role,
    StateMandate,
    StateRule,
)

DAY = timedelta(days=1)
SIGNED = 'signed_off = {by = "A. Counsel", bar = "XX 1", at = 2025-12-20}\n'
HEAD = 'jurisdiction = "US-XX"\ntitle = "A state"\n'
NARROW = '[[edition.narrow]]\nid = "one"\nwords = "One."\ncite = "a statute"\n'


def pack(text: str) -> Pack:
    return read_pack(HEAD + text, "xx.toml")


def edition(since: str, until: str | None = None, signed: str = SIGNED) -> str:
    return f"[[edition]]\nsince = {since}\n" + (f"until = {until}\n" if until else "") + signed


class TestEdition:
    def test_counts_from_its_first_to_its_last_day(self) -> None:
        law = pack(edition("2026-01-01", "2026-12-31"))

        assert law.on(date(2025, 12, 31)) is None
        assert law.on(date(2026, 1, 1)) == law.on(date(2026, 12, 31)) == StatePack(jurisdiction="US-XX")
        assert law.on(date(2027, 1, 1)) is None

    def test_without_a_last_day_counts_on(self) -> None:
        assert pack(edition("2026-01-01")).on(date(2099, 1, 1)) is not None

    def test_that_nobody_signed_off_never_counts(self) -> None:
        law = pack(edition("2026-01-01", signed=""))

        assert [law.on(date(2026, 1, 1) + n * DAY) for n in range(400)] == [None] * 400

    def test_counts_from_the_day_of_its_sign_off_and_not_before(self) -> None:
        law = pack(edition("2026-01-01", signed=SIGNED.replace("2025-12-20", "2026-03-01")))

        assert law.on(date(2026, 2, 28)) is None
        assert law.on(date(2026, 3, 1)) is not None

    def test_makes_way_for_the_next_on_its_day(self) -> None:
        access = '[edition.parent_access]\nrule = "prohibited"\ncite = "a statute"\n'
        law = pack(edition("2026-01-01", "2026-06-30") + edition("2026-07-01") + access)

        assert [_access(law, date(2026, 6, 30)), _access(law, date(2026, 7, 1))] == [
            ParentAccess.SILENT,
            ParentAccess.PROHIBITED,
        ]

    def test_that_is_not_signed_off_is_not_stood_in_for_by_the_one_before(self) -> None:
        law = pack(edition("2026-01-01", "2026-06-30") + edition("2026-07-01", signed=""))

        assert law.on(date(2026, 6, 30)) is not None
        assert law.on(date(2026, 7, 1)) is None

    def test_is_compiled_whole(self) -> None:
        law = pack(
            edition("2026-01-01")
            + '[edition.minor_consent]\nsubstance-use = {age = 12, cite = "a"}\n'
            + '[edition.parent_access]\nrule = "permitted"\ncite = "b"\n'
            + '[[edition.mandate]]\nrule = "child-abuse"\ncite = "c"\n'
            + NARROW
            + "then = {withhold = true}\n"
        )

        assert law.on(date(2026, 1, 1)) == StatePack.model_validate(
            {
                "jurisdiction": "US-XX",
                "minor_consent_ages": {"substance-use": 12, "mental-health": None, "victim-services": None},
                "parent_access": "permitted",
                "mandates": ["child-abuse"],
                "overlays": [{"id": "one", "words": "One.", "cite": "a statute", "then": {"withhold": True}}],
            }
        )


def _access(law: Pack, day: date) -> ParentAccess:
    compiled = law.on(day)
    assert compiled is not None
    return compiled.parent_access


WRONG = {
    "no edition": ("", "edition: expected it to be there"),
    "an empty list of editions": ("edition = []\n", "edition: expected at least one"),
    "no first day": ("[[edition]]\n" + SIGNED, "edition 1, since: expected it to be there"),
    "a day that is none": (edition("2026-01-01").replace("2026-01-01", '"Marcus"'), "edition 1, since: expected a "),
    "a last day before the first": (edition("2026-01-02", "2026-01-01"), "edition 1: expected until on or after since"),
    "a gap": (edition("2026-01-01", "2026-01-31") + edition("2026-02-02"), "edition: expected edition 2 to begin on"),
    "an overlap": (edition("2026-01-01", "2026-02-01") + edition("2026-02-01"), "edition: expected edition 2 to begin"),
    "an edition after one without end": (edition("2026-01-01") + edition("2027-01-01"), "expected edition 2 to begin"),
    "an unknown key": (edition("2026-01-01") + 'title = "Marcus"\n', "edition 1, title: expected no key of this name"),
    "a sign-off without a bar": (
        edition("2026-01-01", signed='signed_off = {by = "Marcus", at = 2026-01-01}\n'),
        "edition 1, signed_off, bar: expected it to be there",
    ),
    "a sign-off by nobody": (
        edition("2026-01-01", signed='signed_off = {by = " ", bar = "Marcus", at = 2026-01-01}\n'),
        "edition 1, signed_off, by: expected words",
    ),
    "an age that is none": (
        edition("2026-01-01") + '[edition.minor_consent]\nmental-health = {age = 19, cite = "Marcus"}\n',
        "edition 1, minor_consent, mental-health, age: expected less than or equal to 18",
    ),
    "a rule without a citation": (
        edition("2026-01-01") + '[[edition.mandate]]\nrule = "child-abuse"\n',
        "edition 1, mandate 1, cite: expected it to be there",
    ),
    "a rule of another state": (
        edition("2026-01-01") + '[[edition.rule]]\nrule = "us-ny-hiv"\ncite = "Marcus"\n',
        "the document: expected every rule of code to be one of US-XX",
    ),
    "a word that is none": (
        edition("2026-01-01") + NARROW + 'when = {channels = ["query", "Marcus"]}\nthen = {withhold = true}\n',
        "edition 1, narrow 1, when, channels 2: expected 'query', 'push'",
    ),
    "an empty list of words": (
        edition("2026-01-01") + NARROW + "when = {channels = []}\nthen = {withhold = true}\n",
        "edition 1, narrow 1, when, channels: expected at least one",
    ),
    "a rule that does nothing": (
        edition("2026-01-01") + NARROW + "then = {}\n",
        "edition 1, narrow 1, then: expected either withhold = true, or limit_to, owe or both",
    ),
    "a rule that withholds and limits": (
        edition("2026-01-01") + NARROW + 'then = {withhold = true, limit_to = ["bed"]}\n',
        "edition 1, narrow 1, then: expected either withhold = true, or limit_to, owe or both",
    ),
    "a rule that gives leave": (
        edition("2026-01-01") + NARROW + 'then = {owe = ["redisclosure-under-hipaa"]}\n',
        "edition 1, narrow 1, then: expected owe without what gives the recipient leave",
    ),
    "a rule that opens": (
        edition("2026-01-01") + NARROW + "then = {permit = true}\n",
        "edition 1, narrow 1, then, permit: expected no key of this name",
    ),
    "a name twice": (
        edition("2026-01-01") + (NARROW + "then = {withhold = true}\n") * 2,
        "edition 1, narrow: expected an id once",
    ),
    "a name that is none": (
        edition("2026-01-01") + NARROW.replace('"one"', '"Marcus D."') + "then = {withhold = true}\n",
        "edition 1, narrow 1, id: expected text of the form",
    ),
    "words that are a number": (
        edition("2026-01-01") + NARROW.replace('"One."', "1") + "then = {withhold = true}\n",
        "edition 1, narrow 1, words: expected text",
    ),
    "no TOML": (edition("2026-01-01") + "Marcus = \n", "line 6: expected TOML"),
    "TOML that breaks off": ('x = """Marcus', "the end: expected TOML"),
}


class TestFile:
    @pytest.mark.parametrize(("text", "fault"), WRONG.values(), ids=WRONG)
    def test_that_is_wrong_is_told_where_and_what_was_expected(self, text: str, fault: str) -> None:
        with pytest.raises(UnreadablePack) as unreadable:
            pack(text)

        assert fault in str(unreadable.value)
        assert all(line.startswith("xx.toml: ") for line in str(unreadable.value).splitlines())
        assert "Marcus" not in str(unreadable.value)

    def test_is_of_a_state_and_not_of_the_whole_union(self) -> None:
        with pytest.raises(UnreadablePack, match="jurisdiction: expected text of the form"):
            read_pack(HEAD.replace("US-XX", "US") + edition("2026-01-01"), "us.toml")

    def test_with_several_faults_is_told_all(self) -> None:
        with pytest.raises(UnreadablePack) as unreadable:
            read_pack("[[edition]]\nuntil = 2026-01-01\n", "xx.toml")

        assert [fault.where for fault in unreadable.value.faults] == ["jurisdiction", "title", "edition 1, since"]


def signed(name: str) -> StatePack:
    """An example as an operator's counsel would sign it off."""
    text = example(name).replace("# signed_off = ", "signed_off = ")
    law = read_pack(text, name).on(date(2026, 6, 15))
    assert law is not None
    return law


HOSPITAL = Party(
    organization="mercy-hospital", capacities=frozenset({Capacity.COVERED_ENTITY, Capacity.HEALTH_CARE_PROVIDER})
)
DISPATCH = Party(organization="county-911", capacities=frozenset({Capacity.PUBLIC_SAFETY_ANSWERING_POINT}))
MENTAL = {Category.MENTAL_HEALTH: (Field.MENTAL_HEALTH_DIAGNOSIS, Field.PROGRESS_NOTE)}
HIV = {Category.HIV: (Field.HIV_STATUS,)}
SURVIVOR = {Category.DOMESTIC_VIOLENCE: (Field.DOMESTIC_VIOLENCE_STATUS,)}
CALL = {Category.CRISIS_CALL: (Field.CALL_TYPE,)}
PHOTOGRAPH = {Category.CHARGES: (Field.PHOTOGRAPH,)}
EVERY_FIELD = tuple(Field)

CLINIC = {"capacities": {Capacity.COVERED_ENTITY, Capacity.HEALTH_CARE_PROVIDER}, "role": Role.NURSE}
TREATING = CLINIC | {"relationship": Relationship.TREATING}
SHELTER = {"capacities": {Capacity.HOMELESS_SERVICES}, "role": Role.CASE_MANAGER}
JAIL = {"capacities": {Capacity.HEALTH_CARE_PROVIDER, Capacity.CORRECTIONAL_HEALTH}, "role": Role.NURSE}
DISPATCHED = {"capacities": {Capacity.CRISIS_PROVIDER}, "role": Role.PEER_SPECIALIST}
EXCHANGE = {"organization": "hub", "capacities": {Capacity.HUB}, "role": Role.INTERFACE}


def consent(**changes: Any) -> Consent:
    """A complete written authorization for the recipient of these stories."""
    return Consent.model_validate(
        {
            "id": "c1",
            "kind": "hipaa-authorization",
            "disclosers": [{"organization": "mercy-hospital"}],
            "information": {"categories": ["mental-health", "hiv", "domestic-violence"]},
            "recipients": [{"organization": "the-recipient"}],
            "purposes": ["TREAT"],
            "expiration": {"date": "2026-12-31"},
            "signatures": [{"by": "subject", "method": "ink", "on": "2026-06-01"}],
            "statements": ["right-to-revoke", "conditioning", "redisclosure-risk"],
        }
        | changes
    )


def told(
    law: StatePack | None, held: Mapping[Category, tuple[Field, ...]], to: dict[str, Any], *papers: Consent, by: Party
) -> tuple[set[Field], set[Obligation]]:
    """What leaves for coordination of care, and what is owed, where only this state's law could hold anything back."""
    state = law.jurisdiction if law else "US-XX"
    recipient = Recipient.model_validate({"organization": "the-recipient", "identity_verified": True} | to)
    request = DisclosureRequest(
        at=datetime(2026, 6, 15, 10, tzinfo=UTC),
        channel=Channel.QUERY,
        purpose=Purpose.COC,
        jurisdictions=("US", state),
        recipient=recipient,
        subject=Subject(match=Match.UNIQUE, age_years=41),
        records=(Piece(id="r1", source=by, contents=held),),
    )
    necessary = FieldProtocol(
        source=by.organization, recipients=tuple(recipient.capacities), purposes=(Purpose.COC,), fields=EVERY_FIELD
    )
    kinds = (AgreementKind.BUSINESS_ASSOCIATE, AgreementKind.SERVICE_DATA)
    facts = Facts(
        consents=papers,
        agreements=tuple(
            Agreement(kind=kind, parties=("hub", by.organization), since=date(2025, 1, 1), until=None, fields=None)
            for kind in kinds
        ),
        policies=Policies(field_protocols=(necessary,), state_packs=(law,) if law else ()),
    )
    (piece,) = decide(request, facts).records
    return set(piece.fields_released), set(piece.obligations)


NEW_YORK = [
    ("mental health to one who treats", MENTAL, TREATING, (), set(EVERY_FIELD)),
    ("mental health to a shelter", MENTAL, SHELTER, (), set()),
    ("mental health to a shelter by consent", MENTAL, SHELTER, (consent(),), set(EVERY_FIELD)),
    ("mental health to a jail", MENTAL, JAIL, (), {Field.MENTAL_HEALTH_DIAGNOSIS}),
    ("mental health to a jail by consent", MENTAL, JAIL, (consent(),), set(EVERY_FIELD)),
    ("HIV to a provider", HIV, CLINIC, (), {Field.HIV_STATUS}),
    ("HIV to a shelter", HIV, SHELTER, (), set()),
    ("HIV to a shelter by any consent", HIV, SHELTER, (consent(),), set()),
    ("HIV to a shelter on the form", HIV, SHELTER, (consent(state_form="us-ny-hiv-release"),), {Field.HIV_STATUS}),
    ("survivor to one who treats", SURVIVOR, TREATING, (), set()),
    ("survivor by any consent", SURVIVOR, TREATING, (consent(),), set()),
    (
        "survivor by consent that says so",
        SURVIVOR,
        TREATING,
        (consent(expressly_covers=["domestic-violence"]),),
        {Field.DOMESTIC_VIOLENCE_STATUS},
    ),
    ("photograph to one who treats", PHOTOGRAPH, TREATING, (), set()),
]
TEXAS = [
    ("mental health to one who treats", MENTAL, TREATING, (), set(EVERY_FIELD)),
    ("mental health to a shelter", MENTAL, SHELTER, (), set()),
    ("mental health to a shelter by consent", MENTAL, SHELTER, (consent(),), set(EVERY_FIELD)),
    ("HIV to a provider", HIV, CLINIC, (), {Field.HIV_STATUS}),
    ("HIV to a shelter", HIV, SHELTER, (), set()),
    ("HIV to a shelter by consent", HIV, SHELTER, (consent(),), {Field.HIV_STATUS}),
    ("survivor to one who treats", SURVIVOR, TREATING, (), {Field.DOMESTIC_VIOLENCE_STATUS}),
    ("photograph to one who treats", PHOTOGRAPH, TREATING, (), {Field.PHOTOGRAPH}),
]
STORIES = [("us_ny.toml", *each) for each in NEW_YORK] + [("us_tx.toml", *each) for each in TEXAS]


class TestExample:
    @pytest.mark.parametrize("name", examples())
    def test_is_signed_off_by_nobody_and_so_counts_never(self, name: str) -> None:
        law = read_pack(example(name), name)

        assert [edition.signed_off for edition in law.editions] == [None] * len(law.editions)
        assert law.on(date(2026, 6, 15)) is None

    def test_is_there_for_a_strict_and_a_permissive_state(self) -> None:
        assert examples() == ("us_ny.toml", "us_tx.toml")

    @pytest.mark.parametrize(
        ("name", "story", "held", "to", "papers", "leaves"), STORIES, ids=[f"{each[0]} {each[1]}" for each in STORIES]
    )
    def test_signed_off_holds_back_what_its_state_does(
        self, name: str, story: str, held: Any, to: Any, papers: tuple[Consent, ...], leaves: set[Field]
    ) -> None:
        everything = {field for fields in held.values() for field in fields}

        assert told(signed(name), held, to, *papers, by=HOSPITAL)[0] == everything & leaves

    def test_of_new_york_keeps_emergency_calls_from_those_who_give_no_help(self) -> None:
        everything = {Field.CALL_TYPE}

        assert told(signed("us_ny.toml"), CALL, DISPATCHED, by=DISPATCH)[0] == everything
        assert told(signed("us_ny.toml"), CALL, EXCHANGE, by=DISPATCH)[0] == set()
        assert told(signed("us_tx.toml"), CALL, EXCHANGE, by=DISPATCH)[0] == everything

    def test_of_new_york_warns_against_telling_hiv_information_further(self) -> None:
        on_the_form = consent(state_form="us-ny-hiv-release")
        warning = {Obligation.CARRY_LABELS, Obligation.ASK_NO_FURTHER_USE}

        assert told(signed("us_ny.toml"), HIV, SHELTER, on_the_form, by=HOSPITAL)[1] >= warning
        assert told(signed("us_ny.toml"), HIV, CLINIC, on_the_form, by=HOSPITAL)[1].isdisjoint(warning)

    @pytest.mark.parametrize("held", [MENTAL, HIV, SURVIVOR])
    def test_that_is_not_loaded_leaves_what_is_sensitive_closed(self, held: Any) -> None:
        assert told(None, held, TREATING, by=HOSPITAL)[0] == set()
        assert told(None, held, TREATING, consent(), by=HOSPITAL)[0] != set()


class TestWords:
    @pytest.mark.parametrize("name", examples())
    def test_tell_every_rule_with_its_law(self, name: str) -> None:
        (law,) = read_pack(example(name), name).editions
        rows = list(rules_of(law))

        assert all(row.words and row.cite for row in rows)
        assert {row.name for row in rows} >= {overlay.id for overlay in law.overlays}
        assert {row.name for row in rows} >= {"minor-consent", "parent-access", StateMandate.CHILD_ABUSE}
        assert (StateRule.US_NY_HIV in {row.name for row in rows}) is (name == "us_ny.toml")

    def test_of_an_empty_edition_are_none(self) -> None:
        assert list(rules_of(pack(edition("2026-01-01")).editions[0])) == []

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"then": {"withhold": True}}, "[Holds back everything; not for own access]"),
            (
                {"then": {"limit_to": ["bed"]}, "when": {"categories": ["housing"], "fields": ["name"]}},
                "[Of housing, name lets go only bed; not for own access]",
            ),
            (
                {
                    "then": {"limit_to": ["bed"], "owe": ["carry-labels"]},
                    "unless": {"own_access": False},
                    "when": {"sources": ["hub"], "recipients": ["court"], "purposes": ["COC"], "channels": ["push"]},
                },
                "[Of everything lets go only bed; with everything owes carry-labels, held by hub, to court, for COC, "
                "by push]",
            ),
            (
                {
                    "then": {"owe": ["carry-labels"]},
                    "unless": {"court_order": True, "recipients": ["court"], "state_forms": ["us-ca-5328"],
                               "expressly_covers": ["RHY"]},
                },
                "[With everything owes carry-labels; not for own access, a court order, court, a consent on the form "
                "us-ca-5328, a consent that expressly covers RHY]",
            ),
        ],
    )  # fmt: skip
    def test_tell_what_the_data_do(self, changes: dict[str, Any], words: str) -> None:
        overlay = {"id": "one", "words": "One.", "cite": "a statute"} | changes

        assert effect_of(Overlay.model_validate(overlay)) == words

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            (edition("2026-01-01", signed=""), "nobody has signed it off: it does not count"),
            (edition("2026-01-01", "2026-06-14"), "has expired: it does not count since 2026-06-14"),
            (edition("2026-01-01", "2026-06-15"), "counts"),
            (edition("2026-06-16"), "counts from 2026-06-16"),
            (edition("2026-06-15"), "counts"),
            (
                edition("2026-01-01", signed=SIGNED.replace("2025-12-20", "2026-06-16")),
                "signed off from 2026-06-16 only: it does not count",
            ),
        ],
    )
    def test_tell_whether_an_edition_counts(self, text: str, words: str) -> None:
        assert standing(pack(text).editions[0], date(2026, 6, 15)) == words
