/// A manoeuvre that may be flown, and how unwelcome it is.
struct Candidate {
    var manoeuvre: Manoeuvre
    var cost: Double
    /// Place among those proposed: orders equals.
    var order: Int32

    @inline(__always)
    func comes(before other: Candidate) -> Bool {
        cost != other.cost ? cost < other.cost : order < other.order
    }
}

extension ResolverTable {
    mutating func add(_ manoeuvre: Manoeuvre, cost: Double) {
        guard candidateCount < Self.mostCandidates else { return }
        (candidates + candidateCount).initialize(
            to: Candidate(
                manoeuvre: manoeuvre, cost: cost, order: Int32(truncatingIfNeeded: candidateCount)))
        candidateCount += 1
    }

    /// All are to be tried.
    mutating func beginCandidates() {
        untriedCount = candidateCount
        for start in stride(from: candidateCount / 2 - 1, through: 0, by: -1) {
            sift(candidates[start], start, candidateCount)
        }
    }

    /// The cheapest of those not tried; goes to their end.
    mutating func nextCandidate() -> Manoeuvre? {
        guard untriedCount > 0 else { return nil }
        let best = candidates[0]
        untriedCount -= 1
        sift(candidates[untriedCount], 0, untriedCount)
        candidates[untriedCount] = best
        return best.manoeuvre
    }

    private func sift(_ item: Candidate, _ start: Int, _ end: Int) {
        var hole = start
        while true {
            var child = 2 * hole + 1
            guard child < end else { break }
            if child + 1 < end, candidates[child + 1].comes(before: candidates[child]) { child += 1 }
            guard candidates[child].comes(before: item) else { break }
            candidates[hole] = candidates[child]
            hole = child
        }
        candidates[hole] = item
    }
}
