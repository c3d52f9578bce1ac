import ArgumentParser
import Dispatching

/// Slots of shared places: given out from a record of requests, and given out again by whoever doubts it.
struct SlotsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slots",
        abstract:
            "Give out slots of shared docks, pads, checkpoints and corridors; derive published awards again.",
        discussion: """
            The record is text, one line each: policy, place, company, vehicle, then ticks with their requests and \
            what else happened; lines with '>' are decisions. 'award' writes them, 'replay' derives them again from \
            the rest and compares byte for byte. The public seed decides among equals; it is drawn by lot in public.

            Lines (times in milliseconds):
              policy,NAME,NUMBER            cap_permille, out_of_turn_permille, postal_permille,
                                            accelerated_permille, waste_debt, false_class_debt,
                                            false_class_block, longest_hold, no_show_window, day_offset
              place,NAME,CAPACITY,SLOT,FREEZE_SLOTS,NOTICE_SLOTS,EARLY,LATE
              company,NAME,OWNER,CONTRACTED_PERMILLE
              vehicle,CHASSIS,COMPANY
              tick,TIME
              request,CHASSIS,PLACE,WANTED,LATEST,ATTESTED,LANE,DOCUMENT(0|1),EARLIER(0|1)
              cancel,CHASSIS   postpone,CHASSIS,TIME   attested,CHASSIS,TIME   swap,CHASSIS,CHASSIS
              arrived,CHASSIS,PLACE   false-class,CHASSIS   capacity,PLACE,FROM,TO,PLACES
              >KIND,REASON,CHASSIS,PLACE,SLOT,RANK,TIE,OWED,HELD,CAP,QUOTA_USED,QUOTA

            Exit codes: 0 done or equal, 1 the published decisions are others, 64 wrong usage, 65 something wrong \
            in FILE.

            Examples:
              keruen dispatch slots award requests.txt --public-seed 20260901 > published.txt
              keruen dispatch slots replay published.txt --public-seed 20260901
            """,
        subcommands: [Award.self, Replay.self])

    struct Award: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the record with all decisions; those in FILE are left out.",
            discussion: """
                Example:
                  keruen dispatch slots award requests.txt --public-seed 20260901 > published.txt
                """)
        @Argument(help: "The record; - is standard input.")
        var file: String
        @Option(help: "Decides among equals.")
        var publicSeed: UInt64

        func run() throws {
            print(try orDataError { try derived(file, publicSeed) }.text, terminator: "")
        }
    }

    struct Replay: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Derive all decisions of a published record again and compare byte for byte.",
            discussion: """
                Example:
                  keruen dispatch slots replay published.txt --public-seed 20260901
                """)
        @Argument(help: "The published record; - is standard input.")
        var file: String
        @Option(help: "The seed that was drawn.")
        var publicSeed: UInt64

        func run() throws {
            let journal = try orDataError { try derived(file, publicSeed) }
            guard let difference = journal.difference else {
                return print("equal: \(journal.decisions) decisions, \(journal.awards) awards")
            }
            print(
                """
                line \(difference.line) differs
                  published: \(difference.published)
                  derived:   \(difference.derived)
                """)
            throw ExitCode(1)
        }
    }
}

private func derived(_ path: String, _ seed: UInt64) throws -> SlotJournal {
    let file = try DataFile(path: path)
    return try SlotJournal(file: file.name, bytes: file.bytes, publicSeed: seed)
}
