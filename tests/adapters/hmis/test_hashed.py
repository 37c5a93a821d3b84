"""A hashed set: names and numbers come as HUD's digests, and everything else in the clear."""

import hashlib

from schemas.canonical import CanonicalRecord, PersonFacts
from tests.adapters.hmis.conftest import Files, Send


def hexed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def marcus(send: Send, county: Files, ssn: str) -> PersonFacts:
    """The county's first client, hashed."""
    clear = "c1,Marcus,José,Delgado,,1,219099999,1"
    hashed = f"c1,{hexed('M622')},{hexed('J200')},{hexed('D423')},,1,{ssn},1"
    text = county["Client.csv"].decode("utf-8-sig").replace(clear, hashed)
    records = [one for one in send({**county, "Client.csv": text.encode()}) if isinstance(one, CanonicalRecord)]
    (body,) = (one.body for one in records if one.key == "Client/c1")
    assert isinstance(body, PersonFacts)
    return body


def test_keeps_the_last_four_and_the_digest_of_all_nine(send: Send, county: Files) -> None:
    facts = marcus(send, county, f"9999{hexed('219099999').upper()}")

    assert facts.hashed
    assert (facts.ssn, facts.ssn_digest) == ("9999", hexed("219099999"))
    assert (facts.given, facts.family) == (hexed("M622"), hexed("D423"))


def test_keeps_no_digest_of_another_kind(send: Send, county: Files) -> None:
    facts = marcus(send, county, f"9999{hashlib.md5(b'219099999', usedforsecurity=False).hexdigest()}")

    assert facts.hashed
    assert facts.ssn is facts.ssn_digest is None
