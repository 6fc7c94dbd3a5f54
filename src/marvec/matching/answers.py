"""When does something answer a standing query? Said once, in Python; the SQL of `queries.py` says the same, and a test compares them."""

from collections.abc import Collection

from common import regions
from marvec.matching.models import StandingQuery


def answers(query: StandingQuery, *, terms: Collection[str], price: int | None, lat: float, lon: float, person_id: object) -> bool:
    """All its terms, not above its price (rupiah a unit), within its radius (km), and of somebody else."""
    return (
        query.is_open
        and query.person_id != person_id
        and set(query.terms) <= set(terms)
        and (query.price_max is None or price is None or price <= query.price_max)
        and regions.distance_km(query.lat, query.lon, lat, lon) <= query.radius_km
    )
