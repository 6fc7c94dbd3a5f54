"""The ground floor: what every domain needs. Imports nothing of ours but itself."""
