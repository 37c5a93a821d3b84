"""The county's HMIS as it exports itself: several organizations' clients and stays in one FY2026 CSV set."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from hub.demo.county import hmis_setup
from hub.demo.county.days import Calendar
from hub.demo.county.dice import Dice
from hub.demo.county.hmis_files import HmisFiles
from hub.demo.county.lives import Given, Life, Referral, Sighting, Stay
from hub.demo.county.mistakes import SHELTER, Written, written_down
from hub.demo.county.programs import AGENCIES, CONTINUUM, DATA_DESK, HMIS, PROJECTS, Agency, Project

_RACES = ("AmIndAKNative", "Asian", "BlackAfAmerican", "HispanicLatinao", "MidEastNAfrican", "NativeHIPacific", "White")
_ENTERED_TWICE = 0.02
_FULL, _PARTIAL, _NOT_KNOWN, _NOT_COLLECTED = 1, 2, 8, 99
_STREET, _WITH_FRIENDS = 116, 313
_MOVED_IN_AFTER = 14
_PERMANENT_HOUSING = frozenset({3, 9, 10, 13})
_BEFORE: Mapping[str, object] = {
    "LivingSituation": _STREET,
    "LengthOfStay": 2,
    "TimesHomelessPastThreeYears": 2,
    "MonthsHomelessPastThreeYears": 104,
}
"""3.917: twice on the street in three years, for four months together, and this time for weeks."""

_WEEKS = 20
_TWICE_FROM = 500_000_000


def personal_id(number: int) -> str:
    """The PersonalID of a person in the county's HMIS."""
    return f"P-{100_000 + number}"


class HmisFeed:
    """Writes the export into a folder, person by person; complete once closed."""

    adapter = "hmis-csv"
    source = HMIS
    definition = None

    def __init__(
        self,
        folder: Path,
        calendar: Calendar,
        dice: Dice,
        *,
        projects: Sequence[Project] = PROJECTS,
        agencies: Sequence[Agency] = AGENCIES,
        refresh: hmis_setup.Refresh = hmis_setup.Refresh.FULL,
    ) -> None:
        self._calendar, self._dice = calendar, dice
        self._export = hmis_setup.export_id(calendar)
        self._files = HmisFiles(folder)
        self.paths: Sequence[Path] = (folder,)
        hmis_setup.describe(self._files, calendar, projects, agencies, refresh)

    def close(self) -> None:
        self._files.close()

    def write(self, life: Life) -> Sequence[str]:
        """Files a person who has stays, and now and then files them twice; answers the PersonalIDs."""
        if not life.stays:
            return ()
        ids = [personal_id(life.person.number)]
        self._file(ids[0], life, life.stays)
        if not life.plain and self._dice.chance(_ENTERED_TWICE):
            ids.append(personal_id(_TWICE_FROM + life.person.number))
            self._file(ids[1], life, life.stays[:1])
        return ids

    def _file(self, person: str, life: Life, stays: Sequence[Stay]) -> None:
        self._client(person, life.person.number, written_down(life, SHELTER, self._dice), stays[0].entered)
        for at, stay in enumerate(stays, 1):
            enrollment = f"E{person[1:]}-{at}"
            self._enrollment(person, enrollment, stay)
            self._exit(person, enrollment, stay)
            self._contacts(person, enrollment, stay)

    def _stamp(self, created: int, user: str = DATA_DESK.user) -> dict[str, object]:
        """Who entered a row and when: 5.07 metadata; the user is never therefore the case manager."""
        moment = f"{self._calendar.day(created)} 18:30:00"
        return {"DateCreated": moment, "DateUpdated": moment, "UserID": user, "ExportID": self._export}

    def _client(self, person: str, number: int, written: Written, entered: int) -> None:
        born, last_four = written.born, written.last_four
        self._files.write(
            "Client",
            {
                "PersonalID": person,
                "FirstName": written.given,
                "MiddleName": written.middle,
                "LastName": written.family,
                "NameSuffix": written.suffix,
                "NameDataQuality": _FULL,
                "SSN": f"xxxxx{last_four}" if last_four else "",
                "SSNDataQuality": _PARTIAL if last_four else _NOT_KNOWN,
                "DOB": born.isoformat() if born else "",
                "DOBDataQuality": _FULL if born else _NOT_KNOWN,
                "Sex": 0 if written.female else 1,
                **{race: int(race == _RACES[number % len(_RACES)]) for race in _RACES},
                "RaceNone": "",
                "VeteranStatus": _NOT_COLLECTED,
                **self._stamp(entered),
            },
        )

    def _enrollment(self, person: str, enrollment: str, stay: Stay) -> None:
        self._files.write(
            "Enrollment",
            {
                "EnrollmentID": enrollment,
                "PersonalID": person,
                "ProjectID": stay.project.id,
                "EntryDate": self._calendar.day(stay.entered),
                "HouseholdID": f"H{enrollment[1:]}",
                "RelationshipToHoH": 1,
                "EnrollmentCoC": CONTINUUM,
                **_BEFORE,
                "DateToStreetESSH": self._calendar.day(stay.entered + _WEEKS),
                "MoveInDate": self._moved_in(stay),
                "DisablingCondition": 0,
                **self._stamp(stay.entered),
            },
        )

    def _moved_in(self, stay: Stay) -> str:
        """Two weeks after they came, or on the day they left again; only housing is moved into."""
        if stay.project.type not in _PERMANENT_HOUSING:
            return ""
        return self._calendar.day(max(stay.entered - _MOVED_IN_AFTER, stay.left or 0))

    def _exit(self, person: str, enrollment: str, stay: Stay) -> None:
        if stay.left is None:
            return
        self._files.write(
            "Exit",
            {
                "ExitID": f"X{enrollment[1:]}",
                "EnrollmentID": enrollment,
                "PersonalID": person,
                "ExitDate": self._calendar.day(stay.left),
                "Destination": _WITH_FRIENDS,
                **self._stamp(stay.left),
            },
        )

    def _contacts(self, person: str, enrollment: str, stay: Stay) -> None:
        keys: dict[str, object] = {"EnrollmentID": enrollment, "PersonalID": person}
        user = stay.worker.user if stay.worker else DATA_DESK.user
        for at, given in enumerate(stay.services, 1):
            self._service({"ServicesID": f"S{enrollment[1:]}-{at}", **keys}, given, user)
        for at, sighting in enumerate(stay.sightings, 1):
            self._sighting({"CurrentLivingSitID": f"L{enrollment[1:]}-{at}", **keys}, sighting, user)
        if stay.referral:
            self._event({"EventID": f"V{enrollment[1:]}", **keys}, stay.referral, user)
        if stay.prioritized is not None:
            self._assessment({"AssessmentID": f"A{enrollment[1:]}", **keys}, stay.prioritized, user)

    def _service(self, keys: dict[str, object], given: Given, user: str) -> None:
        self._files.write(
            "Services",
            {
                **keys,
                "DateProvided": self._calendar.day(given.ago),
                "RecordType": given.record,
                "TypeProvided": given.what,
                **self._stamp(given.ago, user),
            },
        )

    def _sighting(self, keys: dict[str, object], sighting: Sighting, user: str) -> None:
        self._files.write(
            "CurrentLivingSituation",
            {
                **keys,
                "InformationDate": self._calendar.day(sighting.ago),
                "CurrentLivingSituation": sighting.setting,
                "LocationDetails": sighting.place,
                **self._stamp(sighting.ago, user),
            },
        )

    def _event(self, keys: dict[str, object], referral: Referral, user: str) -> None:
        self._files.write(
            "Event",
            {
                **keys,
                "EventDate": self._calendar.day(referral.ago),
                "Event": referral.event,
                "ReferralResult": referral.result or "",
                "ResultDate": self._calendar.day(referral.ago) if referral.result else "",
                **self._stamp(referral.ago, user),
            },
        )

    def _assessment(self, keys: dict[str, object], ago: int, user: str) -> None:
        self._files.write(
            "Assessment",
            {
                **keys,
                "AssessmentDate": self._calendar.day(ago),
                "AssessmentLocation": "Coordinated entry desk",
                "AssessmentType": 3,
                "AssessmentLevel": 2,
                "PrioritizationStatus": 1,
                **self._stamp(ago, user),
            },
        )
