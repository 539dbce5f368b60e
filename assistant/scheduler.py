"""What happens by the clock: reminders are said when they are due, and old sound is let go."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

from assistant.household import Household
from assistant.phrasing import line
from assistant.quiet import QuietHours
from memory import captures, reminders
from memory.errors import StoreError
from memory.records import Reminder
from satellites.errors import SatelliteError
from speech.errors import SpeechError

log = logging.getLogger(__name__)
_LOOK_SECONDS = 5.0


async def run_scheduler(household: Household, keep_sound_days: int, look_seconds: float = _LOOK_SECONDS) -> None:
    """Runs until cancelled."""
    while True:
        try:
            await say_what_is_due(household)
            await asyncio.to_thread(let_sound_go, household, keep_sound_days)
        except (SatelliteError, SpeechError, StoreError) as err:
            log.error("%s", err)  # told again at the next look: a reminder counts as told only when it was heard
        await asyncio.sleep(look_seconds)


async def say_what_is_due(household: Household) -> None:
    """A reminder no satellite can say, or not at such an hour, stays open, and is offered at the next turn."""
    db, now = household.parts.db, household.parts.clock()
    for reminder in await asyncio.to_thread(reminders.due, db, now):
        if now.astimezone() in household.quiet and not _wanted_then(reminder, household.quiet):
            continue
        if not await household.say([line("reminder", text=reminder.text)]):
            return
        await asyncio.to_thread(reminders.told, db, reminder.id, now)


def _wanted_then(reminder: Reminder, quiet: QuietHours) -> bool:
    """Whether it was asked for at an hour that is quiet otherwise."""
    return isinstance(reminder.due, datetime) and reminder.due in quiet


def let_sound_go(household: Household, keep_sound_days: int) -> None:
    captures.age_out_sound(household.parts.db, household.parts.clock() - timedelta(days=keep_sound_days))
