"""A larger county through the real adapters: nobody is ever taken for somebody else."""

import csv
from collections import defaultdict
from uuid import UUID

import pytest
from sqlmodel import Session

from hub.demo import load
from hub.demo.home import passing
from hub.demo.load import PERSON_SYSTEMS
from hub.store.people import People
from schemas.canonical import Identifier

HMIS = "riverbend-hmis"


@pytest.mark.soak
def test_no_two_people_of_twenty_thousand_become_one() -> None:
    with passing(people=20_000) as home:
        for _ in load.load(home):
            pass
        with home.county.truth.open(encoding="utf-8") as file:
            truth = [(row["person"], row["source_id"]) for row in csv.DictReader(file) if row["source"] == HMIS]
        with Session(home.engine) as session:
            subjects = [Identifier(system=PERSON_SYSTEMS[HMIS], value=key) for _, key in truth]
            known = People(session, home.keys).known(HMIS, subjects)
    people: dict[UUID, set[str]] = defaultdict(set)
    for (person, _), subject in zip(truth, subjects, strict=True):
        people[known[subject]].add(person)
    records, persons = len(truth), len({person for person, _ in truth})
    print(f"\n{records:,} HMIS clients of {persons:,} people became {len(people):,} persons")

    assert [taken for taken in people.values() if len(taken) > 1] == []
    assert len(people) < records
