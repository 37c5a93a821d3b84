"""45 CFR Parts 160 and 164: records of covered entities."""
