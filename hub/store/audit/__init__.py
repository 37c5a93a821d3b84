"""The audit log: what was done, by whom, for whom, in an order that nobody can change unseen.

log           append within one's own transaction; read, filter, walk
sequencer     gives committed entries their leaves in the Merkle tree, and signs its heads
verification  checks the whole log against its signed checkpoints; `opening` looks into every entry
witnesses     who outside cosigns its heads, and what they cosigned
proofs        proves one entry, or five of its twelve fields, to someone without the hub
export        CSV and JSON Lines
"""

from hub.store.audit.acts import Act
from hub.store.audit.commitments import FIELDS, JSON
from hub.store.audit.export import Form, export
from hub.store.audit.flaws import Flaw, Problem
from hub.store.audit.log import AuditLog, Draft, Entry, Wanted
from hub.store.audit.proofs import Unproven, check_bundle, prove
from hub.store.audit.sequencer import Checkpoint, checkpoint, newest, sequence
from hub.store.audit.signing import signer_after
from hub.store.audit.tree import Tampered
from hub.store.audit.verification import Report, verify
from hub.store.audit.witnesses import Witnessed, Witnesses, witnessed

__all__ = [
    "FIELDS",
    "JSON",
    "Act",
    "AuditLog",
    "Checkpoint",
    "Draft",
    "Entry",
    "Flaw",
    "Form",
    "Problem",
    "Report",
    "Tampered",
    "Unproven",
    "Wanted",
    "Witnessed",
    "Witnesses",
    "check_bundle",
    "checkpoint",
    "export",
    "newest",
    "prove",
    "sequence",
    "signer_after",
    "verify",
    "witnessed",
]
