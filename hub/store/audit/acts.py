"""The acts that the log knows."""

from schemas.vocab.word import Word


class Act(Word):
    """What was done, as `source:subject:action`. A retired act stays listed, because old entries name it."""

    MESSAGE_RECEIVED = "hub:message:received", "A raw message was kept."
    MESSAGE_READ = "hub:message:read", "A kept message was read into records."
    MESSAGE_SET_ASIDE = "hub:message:set-aside", "A message, or a part of it, could not be read; it is kept."
    MESSAGE_PARKED = "hub:message:parked", "Reading a message failed too often; it is kept, and waits for a person."
    MESSAGE_EMPTIED = "hub:message:emptied", "Messages read long ago gave up their content, as retention has it."
    MESSAGE_REPLAYED = "hub:message:replayed", "A message that had been set aside was read again."
    FEED_IMPORTED = "hub:feed:imported", "A file of a feed was imported."
    FEED_PREVIEWED = "hub:feed:previewed", "It was worked out what a file of a feed would change; nothing was kept."
    FEED_HELD = "hub:feed:held", "A file of a feed would have removed too much and is held; nothing changed."
    FEED_REFUSED = "hub:feed:refused", "A file of a feed was refused whole; nothing changed."

    CONTACT_ASKED = "hub:contact:asked", "Someone asked for a person's contacts."
    CONTACT_RELEASED = "hub:contact:released", "Contacts were released to the asker."
    CONTACT_WITHHELD = "hub:contact:withheld", "Nothing was released; the asker was told nothing."
    CONTACT_REFUSED = (
        "hub:contact:refused",
        "A question was refused overtly, for what it is and not for whom it is about.",
    )
    RECORDS_READ = "hub:records:read", "Someone read the HMIS records of their own that this hub keeps."
    RECORDS_RELEASED = "hub:records:released", "HMIS records of others were released to the asker."
    RECORDS_WITHHELD = (
        "hub:records:withheld",
        "Nothing of others' HMIS records was released; the asker was told nothing.",
    )
    RECORDS_REFUSED = "hub:records:refused", "A question for HMIS records was refused overtly, for what it is."
    EMERGENCY_DECLARED = "hub:emergency:declared", "Someone declared a medical emergency (42 CFR 2.51)."
    EMERGENCY_DOCUMENTED = "hub:emergency:documented", "An emergency disclosure was written into the patient's record."
    EMERGENCY_FETCHED = "hub:emergency:fetched", "A program fetched what was disclosed of its patients in emergencies."
    EMERGENCY_REVIEWED = "hub:emergency:reviewed", "A declared emergency was reviewed."
    DECISION_EXPLAINED = "hub:decision:explained", "A past decision was asked again and explained."

    HANDOFF_OFFERED = "hub:handoff:offered", "A handoff was offered without identity."
    HANDOFF_ACCEPTED = "hub:handoff:accepted", "A named person accepted a handoff."
    HANDOFF_DECLINED = "hub:handoff:declined", "A handoff was declined."
    HANDOFF_ATTESTED = "hub:handoff:attested", "One side attested its presence."
    HANDOFF_REVEALED = "hub:handoff:revealed", "The packet of a handoff was shown."
    HANDOFF_RECEIVED = "hub:handoff:received", "The receiver holds the person from here on."
    HANDOFF_WITHDRAWN = "hub:handoff:withdrawn", "The offering side withdrew a handoff."
    HANDOFF_EXPIRED = "hub:handoff:expired", "Nobody accepted a handoff in time."

    HMIS_WRITTEN = "hub:hmis:written", "A handoff was told to the HMIS that the person is enrolled in."
    HMIS_WITHHELD = "hub:hmis:withheld", "A handoff was kept from the HMIS that the person is enrolled in."
    HMIS_PULL_CHANGED = "hub:hmis:pull-changed", "Workers ask an HMIS by themselves from now on, or no more."
    HMIS_PULL_BEGUN = "hub:hmis:pull-begun", "The hub began to ask an HMIS for what changed in a time."
    HMIS_PULLED = "hub:hmis:pulled", "The hub has all that an HMIS gave of what changed in a time."
    HMIS_EXPORTED = "hub:hmis:exported", "A file of handoffs was made for an HMIS."

    CONSENT_FILED = "hub:consent:filed", "An instrument was filed."
    CONSENT_REVOKED = "hub:consent:revoked", "An instrument was revoked."

    PARCEL_QUEUED = "hub:parcel:queued", "A parcel was put in the outbox."
    PARCEL_SENT = "hub:parcel:sent", "A parcel left for its recipient; written before the first byte."
    PARCEL_DELIVERED = "hub:parcel:delivered", "A parcel was delivered."
    PARCEL_WITHHELD = "hub:parcel:withheld", "Consent, asked again, kept a parcel back."
    PARCEL_FAILED = "hub:parcel:failed", "A parcel was parked after its last attempt."
    PARCEL_SENT_AGAIN = "hub:parcel:sent-again", "A person had a parked parcel tried again."
    PARCEL_DROPPED = "hub:parcel:dropped", "A person let go of a parked parcel."

    USER_SIGNED_IN = "hub:user:signed-in", "A person signed in."
    USER_SIGN_IN_FAILED = "hub:user:sign-in-failed", "A sign-in failed."
    USER_SIGNED_OUT = "hub:user:signed-out", "A person signed out."
    USER_CONFIRMED = "hub:user:confirmed", "A person who is signed in showed again who they are."
    USER_CREATED = "hub:user:created", "A local account was made."
    USER_CHANGED = "hub:user:changed", "A local account was changed or closed."
    PROVIDER_CHANGED = "hub:provider:changed", "A participant's own sign-in provider was registered or removed."
    CLIENT_CREATED = "hub:client:created", "A system was registered."
    CLIENT_CHANGED = "hub:client:changed", "A system's registration was changed or closed."
    CLIENT_TOKEN_ISSUED = "hub:client:token-issued", "A system was given an access token."
    CLIENT_TOKEN_REFUSED = "hub:client:token-refused", "A system was refused an access token."

    PACK_LOADED = "hub:pack:loaded", "The rules of a state were loaded, as signed off."
    PACK_WITHDRAWN = "hub:pack:withdrawn", "The rules of a state were taken out of use."

    ORDER_PROPOSED = "hub:order:proposed", "An order to seal, unseal or expunge was proposed by one of two."
    ORDER_REFUSED = "hub:order:refused", "A proposed order was refused or withdrawn."
    ORDER_SEALED = "hub:order:sealed", "A person was sealed by order: these leaves are closed."
    ORDER_UNSEALED = "hub:order:unsealed", "A seal was lifted by order: these leaves are open again."
    ORDER_EXPUNGED = "hub:order:expunged", "A person was expunged by order: these leaves are blank."

    BACKUP_MADE = "hub:backup:made", "The database was backed up."
    BACKUP_RESTORED = "hub:backup:restored", "This database was restored from a backup."

    KEYS_TURNED = "hub:keys:turned", "A new version of the master keys seals from now on."
    KEYS_SEALED_ANEW = "hub:keys:sealed-anew", "What was sealed under older versions was sealed under the newest."
    KEYS_RETIRED = "hub:keys:retired", "A version of the master keys was dropped; nothing was left under it."
    KEYS_MOVED = "hub:keys:moved", "The master keys were handed to another provider."

    DIRECTORY_CHANGED = (
        "hub:directory:changed",
        "A participant, program, agreement, staff assignment or contact changed.",
    )
    POLICY_CHANGED = "hub:policy:changed", "The community's policies were laid down anew."
    PERSON_CREATED = "hub:person:created", "A person was seen for the first time."
    PERSON_LINKED = "hub:person:linked", "A source's client was linked to a person."
    PERSON_MERGED = "hub:person:merged", "Two persons were found to be one."
    PERSON_UNMERGED = "hub:person:unmerged", "A merge was undone."
    PERSON_NOTED = "hub:person:noted", "Something was noted about a person; this reader is not told what."

    WITNESS_CHANGED = "hub:witness:changed", "A witness of the log was registered or removed."
    RESTORE_ACCEPTED = "hub:restore:accepted", "The log went on although a witness had seen more of it."
    AUDIT_READ = "hub:audit:read", "The log was read."
    AUDIT_EXPORTED = "hub:audit:exported", "Entries were exported."
    AUDIT_VERIFIED = "hub:audit:verified", "The log was verified."
    AUDIT_PROVED = "hub:audit:proved", "A proof of an entry was given out."
    ACCOUNTING_GIVEN = "hub:accounting:given", "A person's accounting of disclosures was made."
    ACCOUNTING_SUSPENDED = "hub:accounting:suspended", "An agency had disclosures to it kept out of an accounting."
