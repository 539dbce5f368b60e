"""In the background: what is kept is embedded, so that meaning finds it; all of it when the embedder was changed."""

from __future__ import annotations

import asyncio
import logging

from assistant.turn import Parts
from memory.errors import MeaningUnavailable, StoreError

log = logging.getLogger(__name__)


async def run_embedding(parts: Parts, look_seconds: float = 5.0, away_seconds: float = 30.0) -> None:
    """Runs until cancelled. Where the embedder or Chroma is away, it is asked again every ``away_seconds``."""
    away = False
    while True:
        try:
            more = await asyncio.to_thread(parts.vectors.embed_next, parts.db)
            away, pause = False, 0.0 if more else look_seconds
        except (MeaningUnavailable, StoreError) as err:
            if not away:
                log.warning("%s. Until then, words find what was kept.", err)
            away, pause = True, away_seconds
        await asyncio.sleep(pause)
