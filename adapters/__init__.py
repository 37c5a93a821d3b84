"""Other people's formats: each adapter translates between one of them and the canonical record."""
