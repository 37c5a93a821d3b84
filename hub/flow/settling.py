"""What stays of a message once it was read: notes of what is set aside, and its content as far as that may be kept."""

from datetime import datetime

from hub.flow.report import Report
from hub.store.messages import MessageRow, Messages

NEVER_KEPT = "victim-service-provider"
"""What a victim-service provider holds is not kept at all, not even sealed (34 U.S.C. 12291(b)(2)(B))."""


def settle(messages: Messages, row: MessageRow, report: Report, at: datetime, *, passed_by: bool) -> None:
    """`passed_by`: something of somebody sealed by order was met, and what brought it is not kept either."""
    messages.set_aside(row.id, report.problems, at)
    if may_not_be_kept(report):
        messages.shred(row)
    elif passed_by and not report.problems:
        messages.empty(row)


def may_not_be_kept(report: Report) -> bool:
    return any(problem.code == NEVER_KEPT for problem in report.problems)
