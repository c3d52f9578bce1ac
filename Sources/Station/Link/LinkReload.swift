import Transport

extension LinkTable {
    /// Who may connect, for the authenticator.
    var admitted: [Authenticator.Admitted] {
        rows.indices.compactMap { index in
            guard rows[index].isAllowed else { return nil }
            return Authenticator.Admitted(
                key: enrolments[index].publicKey,
                identity: LinkIdentity(id: ids[index], generation: rows[index].generation))
        }
    }

    /// Takes over a new allow list. Vehicles whose line is as before go on undisturbed; those with a new key, a new
    /// generation or another status, and those no longer listed, are cut off and what they said is forgotten.
    ///
    /// A vehicle cut off by `revoke` stays so until its line changes.
    mutating func update(_ keyring: Keyring, at now: Int64) {
        var next = LinkTable(configuration: configuration, keyring: keyring, at: now)
        next.totals = totals
        next.heartbeats = heartbeats
        var cut: Set<UInt32> = []
        for index in rows.indices {
            let place = next.index(of: ids[index])
            if let place, next.enrolments[place].admitsLike(enrolments[index]) {
                next.rows[place] = rows[index]
                if rows[index].isChanged { next.changed.append(place) }
            } else {
                cut.insert(ids[index])
                rows[index].uplink.shut()
                rows[index].downlink.shut()
                guard let place else { continue }
                // Its sequences and clock go on, so that a new key does not let old frames in again.
                var row = rows[index]
                row.generation = max(row.generation &+ 1, next.enrolments[place].generation)
                row.isAllowed = next.enrolments[place].status == .allowed
                row.isChanged = false
                row.waiting = 0
                next.rows[place] = row
            }
            guard let place else { continue }
            for cause in LinkRefusal.allCases { next.carryRefusals(cause, from: self, index, to: place) }
        }
        next.inbox = cut.isEmpty ? inbox : inbox.filter { !cut.contains($0.vehicle) }
        self = next
    }
}

extension Enrolment {
    /// Whether the same key of the same vehicle has the same right.
    fileprivate func admitsLike(_ other: Enrolment) -> Bool {
        publicKey == other.publicKey && generation == other.generation && status == other.status
    }
}
