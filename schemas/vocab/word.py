"""A shared word: a value that travels, and its meaning for a reader."""

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A member is written `NAME = "value", "meaning"`; it compares and serialises as its value."""

    meaning: str

    def __new__(cls, value: str, meaning: str = "") -> Self:
        word = str.__new__(cls, value)
        word._value_ = value
        word.meaning = meaning
        return word
