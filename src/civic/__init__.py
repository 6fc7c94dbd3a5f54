"""The city's services: health, civil registration, permits. Imports `common` only; never `marvec`."""
