"""Riverbend, a county that does not exist: people, organizations and papers, written as real systems send them.

`generate` writes it; `stories` tells of the people in it whom a reader should remember. Every person, place and number
is invented: phones are of the range kept for fiction, and of social security numbers only last four digits exist.
"""

from hub.demo.county.directory import CountyDirectory, FiledAssignment, FiledConsent
from hub.demo.county.generator import County, FeedFile, generate
from hub.demo.county.stories import STORIES, Answer, Story, story

__all__ = [
    "STORIES",
    "Answer",
    "County",
    "CountyDirectory",
    "FeedFile",
    "FiledAssignment",
    "FiledConsent",
    "Story",
    "generate",
    "story",
]
