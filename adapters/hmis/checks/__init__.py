"""The checks of an HMIS file set: a catalogue (`catalogue`), and the means to hold a set against it (`run`)."""
