"""Reviewing what was overheard: what is accepted is kept as if it had been told, and only then."""

from __future__ import annotations

from typing import cast

from assistant.intents.keeping import keep_told
from assistant.understanding.meaning import Kind, Remembered
from memory import captures, memories, people, proposals
from memory.database import Database
from memory.records import ProposalState


def review(db: Database, proposal_id: int, state: ProposalState, text: str | None = None) -> bool:
    """Accepts or ignores a proposal, with other words if they were edited. False: none such waits."""
    with db.transaction():
        proposal = proposals.get(db, proposal_id)
        if proposal is None:
            return False
        proposals.settle(db, proposal_id, state)
        if state == "accepted":
            told = Remembered(
                proposal.about,
                cast(Kind, proposal.kind),
                text or proposal.text,
                proposal.evidence,
                proposal.when,
                proposal.place,
                proposal.sensitive,
            )
            kept = keep_told(db, captures.get(db, proposal.capture_id), told)
            memories.review(db, kept.id, "accepted")
            if kept.kind == "meeting" and kept.when:
                for person in kept.about:
                    people.add_meeting(db, kept.capture_id, person.id, kept.when.first)
        return True
