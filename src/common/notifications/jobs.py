"""Registers the room's letter with the worker."""

from common.notifications import letters as letters  # noqa: PLC0414  imported for what it registers
