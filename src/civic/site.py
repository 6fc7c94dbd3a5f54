"""Civic's own list of rooms; the roof adds it to the market's."""

ROOMS = ("civic.promises", "civic.services", "civic.registry", "civic.directory", "civic.queues")
