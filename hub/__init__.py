"""The service: three floors, imports go down only: `edge` (ways in), `flow` (what happens), `store` (what is kept)."""
