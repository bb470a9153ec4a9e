"""Shop data in and out: our JSON (a superset of the retail data's), catalogue CSV folders."""
