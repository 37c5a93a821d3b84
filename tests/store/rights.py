"""What each part of the hub may do with each table, said a second time, so that no migration opens more by mistake.

The letters stand for SELECT, INSERT, UPDATE and DELETE; a small one is for some columns only.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Rights(NamedTuple):
    web: str
    worker: str
    listener: str = ""


RIGHTS: Mapping[str, Rights] = {
    "access_token": Rights("SI", "SD"),
    "accounting_suspension": Rights("SI", ""),
    "agreement": Rights("S", "S"),
    "alembic_version": Rights("S", "S", "S"),
    "audit_blanked": Rights("S", "S"),
    "audit_checkpoint": Rights("S", "SI", "S"),
    "audit_cosignature": Rights("S", "SI", "S"),
    "audit_entry": Rights("SI", "SI", "I"),
    "audit_key": Rights("SI", "SI"),
    "audit_leaf": Rights("S", "SI", "S"),
    "audit_pending": Rights("I", "SID", "I"),
    "closed_program": Rights("", "SID"),
    "client": Rights("S", ""),
    "descriptor": Rights("S", "SIUD"),
    "dropped_key_version": Rights("S", "S", "S"),
    "emergency_declaration": Rights("SIu", ""),
    "export_origin": Rights("", "SIU"),
    "feed_definition": Rights("S", "S"),
    "fetched_keys": Rights("SIU", ""),
    "handoff": Rights("SIU", "SU"),
    "handoff_event": Rights("SI", "S"),
    "handoff_presence": Rights("SIU", "S"),
    "identity": Rights("S", ""),
    "identity_provider": Rights("Su", ""),
    "instrument": Rights("SIU", "SIU"),
    "listing": Rights("SID", "S"),
    "parcel": Rights("SIU", "SIU"),
    "participant": Rights("S", "SI", "S"),
    "person": Rights("SIU", "SIU"),
    "person_order": Rights("SIU", ""),
    "person_review": Rights("SIU", "SIUD"),
    "person_subject": Rights("SIU", "SIU"),
    "person_token": Rights("SID", "SID"),
    "policy": Rights("S", "S"),
    "program": Rights("S", "SIU"),
    "pull": Rights("", "Su"),
    "pull_place": Rights("", "SIU"),
    "rate_count": Rights("SIU", "SD"),
    "raw_chunk": Rights("SI", "SID", "I"),
    "raw_message": Rights("SI", "SIU", "SI"),
    "record": Rights("SIU", "SIU"),
    "set_aside": Rights("S", "SIU"),
    "sign_in_journey": Rights("SID", "SD"),
    "source_organization": Rights("S", "SIU"),
    "sealed_subject": Rights("S", "S"),
    "staff_member": Rights("S", "SIU"),
    "state_pack": Rights("S", "S"),
    "terms_version": Rights("SU", "SU"),
    "used_jti": Rights("SI", "SD"),
    "user_account": Rights("Su", ""),
    "web_session": Rights("SIUD", "SD"),
    "witness": Rights("S", "S", "S"),
}
