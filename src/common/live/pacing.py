"""How fast one person may go on at the door: nobody who talks, reads and comes back after a lost line meets these, a flood does at once."""

from common.pace import Pace, Pacer

COMMANDS = Pacer(Pace(burst=600, a_second=40))
SIGNALS = Pacer(Pace(burst=20, a_second=2))
REFUSALS = Pacer(Pace(burst=3000, a_second=20))
"""Commands that came too fast. Beyond these, which no page reaches by catching up, the connection ends, and the client stays away."""
