/// Sorts conflicts by entry time, then `a`, then `b`, without allocating once its memory has grown: a bucket for
/// each small piece of the lookahead, then the buckets one by one. O(n) for spread-out times, O(n log n) at worst.
struct ConflictSorter {
    private var heads: [Int32] = []

    var memoryBytes: Int { heads.count * MemoryLayout<Int32>.stride }

    /// Sorts the conflicts of all workers, `count` in number, into `list`.
    mutating func sort(
        _ workers: [DetectionWorker], into list: UnsafeMutablePointer<Conflict>, _ count: Int, horizon: Double
    ) {
        let buckets = count / 4 + 1
        if heads.count < buckets + 1 { heads = Array(repeating: 0, count: buckets + buckets / 8 + 64) }
        let scale = horizon > 0 ? Double(buckets - 1) / horizon : 0
        heads.withUnsafeMutableBufferPointer { heads in
            guard let heads = heads.baseAddress else { return }
            heads.update(repeating: 0, count: buckets + 1)
            for worker in workers {
                let conflicts = worker.conflicts
                var i = 0
                while i < worker.count {
                    heads[Self.bucket(conflicts[i], scale, buckets)] &+= 1
                    i &+= 1
                }
            }
            sumCells(heads, buckets)
            for worker in workers {
                let conflicts = worker.conflicts
                var i = worker.count - 1
                while i >= 0 {
                    let b = Self.bucket(conflicts[i], scale, buckets)
                    heads[b] &-= 1
                    list[Int(heads[b])] = conflicts[i]
                    i &-= 1
                }
            }
            var b = 0
            while b < buckets {
                Self.order(list, Int(heads[b]), Int(heads[b + 1]))
                b &+= 1
            }
        }
    }

    @inline(__always)
    private static func bucket(_ conflict: Conflict, _ scale: Double, _ buckets: Int) -> Int {
        let place = conflict.entrySeconds * scale
        return place < Double(buckets - 1) ? Int(place) : buckets - 1
    }

    /// Insertion for few, heap sort for many: both in place and with a fixed bound.
    private static func order(_ list: UnsafeMutablePointer<Conflict>, _ from: Int, _ to: Int) {
        if to - from > 24 { return heapSort(list + from, to - from) }
        var i = from &+ 1
        while i < to {
            let moving = list[i]
            var j = i
            while j > from, Conflict.isBefore(moving, list[j &- 1]) {
                list[j] = list[j &- 1]
                j &-= 1
            }
            list[j] = moving
            i &+= 1
        }
    }

    private static func heapSort(_ list: UnsafeMutablePointer<Conflict>, _ count: Int) {
        var root = count / 2
        while root > 0 {
            root -= 1
            sink(list, root, count)
        }
        var end = count - 1
        while end > 0 {
            let last = list[end]
            list[end] = list[0]
            list[0] = last
            sink(list, 0, end)
            end -= 1
        }
    }

    private static func sink(_ list: UnsafeMutablePointer<Conflict>, _ start: Int, _ end: Int) {
        let moving = list[start]
        var root = start
        while 2 &* root &+ 1 < end {
            var child = 2 &* root &+ 1
            if child &+ 1 < end, Conflict.isBefore(list[child], list[child &+ 1]) { child &+= 1 }
            guard Conflict.isBefore(moving, list[child]) else { break }
            list[root] = list[child]
            root = child
        }
        list[root] = moving
    }
}
