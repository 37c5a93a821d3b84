"""42 CFR Part 2 and 42 U.S.C. 290dd-2: records of substance use disorder programs."""
