"""The directory: which offices and Puskesmas the city has, and how surely we know it.

Facts, not rows: read once from the ground's data files, each with its class (A seen at a source, B from a list, C not verified) and its
source. Nothing here changes while the city runs. Start at `queries.find`.
"""
