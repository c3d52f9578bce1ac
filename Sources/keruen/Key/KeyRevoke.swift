import ArgumentParser
import Station
import Transport
import World

/// Takes a key back.
struct KeyRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revoke a vehicle's key, now and for later.",
        discussion: """
            The key is marked in the allow list; a station that runs on --directory closes the vehicle's connection \
            at once. Without a running station the list alone is changed, which the next start reads.

            Examples:
              keruen key revoke drone-7
              keruen key revoke 7 --directory /srv/keruen --keys /srv/keruen/keys
            """)

    @Argument(help: "Name or number of the vehicle.", completion: .vehicleNames)
    var vehicle: String

    @OptionGroup var directory: KeyDirectory
    @OptionGroup var station: StationOptions

    private struct Result: Encodable {
        var vehicle: String
        var id: UInt32
        /// A running station was told.
        var isCutOff: Bool
    }

    func run() throws {
        do {
            let revoked = try directory.changing { keyring in
                let index = keyring.enrolments.firstIndex { $0.name == vehicle || String($0.id) == vehicle }
                guard let index else {
                    throw ControlProblem(
                        .notFound, what: "there is no vehicle '\(vehicle)'", where: directory.allowList,
                        todo: "'keruen key list' shows those there are")
                }
                keyring.enrolments[index].status = .revoked
                return keyring.enrolments[index]
            }
            let isCutOff = try cutOff(revoked.id)
            if station.json {
                return try printJSON(Result(vehicle: revoked.name, id: revoked.id, isCutOff: isCutOff))
            }
            print("\(revoked.name) is revoked in \(directory.allowList)")
            print(
                isCutOff
                    ? "the station in \(station.directory) has cut it off"
                    : "no station runs in \(station.directory); the next start reads the list")
        } catch {
            throw station.told(error)
        }
    }

    /// Tells a running station. That there is none is no problem; that one does not answer is.
    private func cutOff(_ id: UInt32) throws -> Bool {
        do {
            let conversation = try Conversation(
                directory: station.directory, timeoutMilliseconds: Int(station.timeout * 1000))
            _ = try conversation.command(.revokeKey(vehicle: VehicleID(id)))
            return true
        } catch let problem as ControlProblem where problem.code == .unreachable {
            return false
        }
    }
}
