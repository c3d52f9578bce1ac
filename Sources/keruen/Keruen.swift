import ArgumentParser
import Station

@main
struct Keruen: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keruen",
        abstract: "Ground control for unmanned freight.",
        discussion: """
            One station runs on a run directory ('keruen serve'); every other command reaches it there: with \
            --directory, or KERUEN_DIRECTORY, or 'run' where you are.

            Exit codes: 0 done; 1 refused, or a problem; 2 no station reached, or no answer; 64 wrong usage.
            Colours are off in pipes and when NO_COLOR is set. With --json a problem is a JSON document too.

            Completion of commands, options and names of vehicles (also zsh, fish):
              source <(keruen --generate-completion-script bash)

            Examples:
              keruen serve
              keruen status --watch
              keruen order submit --company CR01 --from ALA --to 43.30,76.95 --kg 1.2 --by +2h --wait
              keruen command hold drone-7
            """,
        version: keruenVersion,
        subcommands: [
            Serve.self, Demo.self, Status.self, VehicleCommand.self, OrderCommand.self, MissionCommand.self,
            CommandCommand.self, TrafficCommand.self, DispatchCommand.self, Key.self, Bench.self,
        ])
}
