import ArgumentParser
import Transport

/// Makes keys.
struct KeyNew: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Make a vehicle's key, or with --count keys for NAME-1, NAME-2 and so on.",
        discussion: """
            A vehicle that has a key already gets a new one; the old one stops working when the station reads the \
            list.

            Examples:
              keruen key new drone-7 --kind multirotor --company CR01
              keruen key new truck --kind truck --count 20
            """)

    @Argument(help: "Name of the vehicle: letters, digits, '-', '_', '.'; at most 32.")
    var name: String

    @Option(help: "multirotor, vtol or truck.", completion: .list(["multirotor", "vtol", "truck"]))
    var kind = "multirotor"

    @Option(help: "The company that owns it.")
    var company = "own"

    @Option(help: "How many vehicles; above 1 they are numbered.")
    var count = 1

    @OptionGroup var directory: KeyDirectory

    func validate() throws {
        for (what, word) in [("name", name), ("company", company)] {
            guard (1...32).contains(word.utf8.count), word.utf8.allSatisfy(isWordByte), word.first != "."
            else {
                throw ValidationError("\(what) '\(word)': use 1 to 32 letters, digits, '-', '_' and '.'")
            }
        }
        guard ["multirotor", "vtol", "truck"].contains(kind) else {
            throw ValidationError("kind '\(kind)': use multirotor, vtol or truck")
        }
        guard (1...100_000).contains(count) else { throw ValidationError("count \(count): use 1 to 100000") }
    }

    func run() throws {
        try directory.changing { keyring in
            let station = try stationKeys(at: directory.station)
            var numberByName: [String: Int] = [:]
            for (index, enrolment) in keyring.enrolments.enumerated() { numberByName[enrolment.name] = index }
            var nextID = (keyring.enrolments.map(\.id).max() ?? 0) + 1
            let vehicles = (1...count).map { count == 1 ? name : "\(name)-\($0)" }
            // Every vehicle is checked before the first key is written: a refusal changes nothing.
            for vehicle in vehicles {
                guard let index = numberByName[vehicle] else { continue }
                let old = keyring.enrolments[index]
                guard old.kind == kind, old.company == company else {
                    throw KeyFileError(
                        "\(vehicle) is enrolled as \(old.kind) of \(old.company); a vehicle keeps both for life"
                    )
                }
            }
            for vehicle in vehicles {
                let keys = try CurveKeyPair.generate()
                let secret: VehicleSecret
                if let index = numberByName[vehicle] {
                    let old = keyring.enrolments[index]
                    keyring.enrolments[index].publicKey = keys.publicKey
                    keyring.enrolments[index].generation += 1
                    keyring.enrolments[index].status = .allowed
                    secret = VehicleSecret(
                        id: old.id, name: vehicle, kind: kind, company: company, keys: keys,
                        station: station.publicKey)
                } else {
                    keyring.enrolments.append(
                        Enrolment(
                            id: nextID, name: vehicle, kind: kind, company: company, publicKey: keys.publicKey
                        ))
                    secret = VehicleSecret(
                        id: nextID, name: vehicle, kind: kind, company: company, keys: keys,
                        station: station.publicKey)
                    nextID += 1
                }
                let path = "\(directory.path)/\(vehicle).secret"
                try secret.save(to: path)
                if count == 1 {
                    print("\(path): vehicle \(secret.id), carry this file to the vehicle and nowhere else")
                }
            }
            if count > 1 { print("\(count) keys made in \(directory.path)") }
        }
    }
}

private func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        true
    default: false
    }
}
