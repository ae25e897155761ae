"""Folds that are wrong in one rule each: the comparison with Ferry must find every one."""

from . import layout
from .acceptance import Fold


def _with_fence(fold, fence, judge):
    """Judges while the standing fence is taken for another."""
    kept, fold.fence = fold.fence, fence
    try:
        return judge()
    finally:
        fold.fence = kept


class IgnoresFences(Fold):
    def _judge_writer(self, commit):
        return _with_fence(self, None, lambda: super(IgnoresFences, self)._judge_writer(commit))


class FencesBindTheirOwnWriter(Fold):
    def _judge_writer(self, commit):
        fence = self.fence and self.fence._replace(term=self.fence.term + 1)
        judge = super()._judge_writer
        return _with_fence(self, fence, lambda: judge(commit))


class FencesNeverFall(Fold):
    def _advance(self, commit):
        fence = self.fence
        super()._advance(commit)
        self.fence = fence


class ForgetsSeals(Fold):
    def _advance(self, commit):
        super()._advance(commit)
        self.successor = None


class SealsForEver(Fold):
    def _advance(self, commit):
        successor = self.successor
        super()._advance(commit)
        self.successor = self.successor or successor


class ChecksTheZeroByte(Fold):
    def _judge_shape(self, commit, size):
        return super()._judge_shape(commit, size) or ("not-a-record" if commit.zero else None)


class TakesOverByOneTermOnly(Fold):
    def _judge_writer(self, commit):
        skips = commit.term > self.term + 1
        return super()._judge_writer(commit) or ("newer-term" if skips else None)


class AllowsGaps(Fold):
    def _judge_place(self, commit):
        reason = super()._judge_place(commit)
        return None if reason == "gap" and commit.previous == self.head else reason


class VoidFencesRaiseTheTerm(Fold):
    def _judge_fence(self, record):
        reason = super()._judge_fence(record)
        if reason == "fence-skips-terms":
            self.term += 1
        return reason


class KnowsNoLogId(Fold):
    def _judge_claim(self, commit):
        ours = commit._replace(log_id=self.log_id) if self.position else commit
        return super()._judge_claim(ours)


class TakesLateReservations(Fold):
    def _judge_reservation(self, record):
        reason = super()._judge_reservation(record)
        if reason != "late-reservation":
            return reason
        self.reserved = layout.read_reservation(record).writer
        return None


class StaysReserved(Fold):
    def _advance(self, commit):
        reserved = self.reserved
        super()._advance(commit)
        self.reserved = reserved


class BeginsAnyLogWhereReserved(Fold):
    def _judge_claim(self, commit):
        kept, self.reserved = self.reserved, None
        reason = super()._judge_claim(commit)
        self.reserved = kept
        return reason


MUTANTS = [
    IgnoresFences, FencesBindTheirOwnWriter, FencesNeverFall, ForgetsSeals, SealsForEver,
    TakesLateReservations, StaysReserved, BeginsAnyLogWhereReserved, ChecksTheZeroByte,
    TakesOverByOneTermOnly, AllowsGaps, VoidFencesRaiseTheTerm, KnowsNoLogId,
]
