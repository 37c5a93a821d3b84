"""The hub's words in HUD's codes; where HUD's list tells apart what the hub does not, the row is not written."""

from adapters.hmis.words import ASSESSED_BY, REFERRAL_STATES, REFERRALS
from schemas.vocab.records import LivingSetting

SETTINGS = {
    LivingSetting.PLACE_NOT_MEANT_FOR_HABITATION: "116",
    LivingSetting.EMERGENCY_SHELTER: "101",
    LivingSetting.SAFE_HAVEN: "118",
    LivingSetting.HOSPITAL: "206",
    LivingSetting.PSYCHIATRIC_FACILITY: "204",
    LivingSetting.SUBSTANCE_USE_FACILITY: "205",
    LivingSetting.JAIL: "207",
}
UNABLE_TO_DETERMINE = "37"
"""Worker unable to determine (list 4.12): for a setting that was not said, or is too coarse for one of HUD's codes."""

_TIMES = [word for code, word in REFERRALS.items()]
EVENTS = {word: code for code, word in REFERRALS.items() if _TIMES.count(word) == 1}
RESULTS = {state: code for code, state in REFERRAL_STATES.items()}
ASSESSMENT_TYPES = {how: code for code, how in ASSESSED_BY.items()}
CRISIS_LEVEL = "1"
PRIORITIZED = {True: "1", False: "2"}
