import CLinux
import Dispatching
import World

/// Error and honesty of the learned forecast on days held out, beside "same hour last week".
///
/// Ten weeks of seeded days at three posts (6 lanes, 7 lanes, and a small one of 2), their customs desks, and two roads; the
/// last four weeks are held out, each record is forecast before it is told. *Error of the p50 forecast*: mean absolute error,
/// its ratio to the plain forecast's on the same records; the ratio of the medians stands beside it.
func forecastRows(seeds: Int = 3) -> [BenchRow] {
    var rows: [BenchRow] = []
    for (name, lead) in [("an hour ahead", ForecastWorld.hour), ("a day ahead", 24 * ForecastWorld.hour)] {
        for kind in [ForecastKey.Kind.queue, .service, .travel] {
            var (mean, median, coverage, plainCoverage): (Double, Double, Double, Double) = (0, 0, 0, 0)
            var (error, plainError, width, plainWidth, count) = (0.0, 0.0, 0.0, 0.0, 0)
            for seed in 1...UInt64(seeds) {
                let trial = ForecastTrial(
                    forecastDays(seed: seed).filter { $0.key.kind == kind },
                    heldOutFromMilliseconds: ForecastWorld.start + 6 * 168 * ForecastWorld.hour,
                    leadMilliseconds: lead)
                let part = 1 / Double(seeds)
                let (ours, plain) = (trial.learned, trial.plain)
                mean += ours.meanErrorMilliseconds / max(plain.meanErrorMilliseconds, 1) * part
                median +=
                    Double(ours.medianErrorMilliseconds) / Double(max(plain.medianErrorMilliseconds, 1))
                    * part
                coverage += 100 * ours.coverage * part
                plainCoverage += 100 * plain.coverage * part
                error += ours.meanErrorMilliseconds / 60_000 * part
                plainError += plain.meanErrorMilliseconds / 60_000 * part
                width += ours.widthMilliseconds / 60_000 * part
                plainWidth += plain.widthMilliseconds / 60_000 * part
                count += ours.count
            }
            let f = BenchRow.figure
            rows.append(
                .atMost(
                    max(mean, median), must: 0.8, goal: 0.7, unit: "x",
                    "\(kind) times \(name), error of the p50 forecast, of same hour last week",
                    reference:
                        "mean error \(f(error)) against \(f(plainError)) min, ratio \(f(mean)); ratio of median "
                        + "errors \(f(median)); \(count) records, \(seeds) seeds"))
            rows.append(
                BenchRow(
                    name: "\(kind) times \(name), coverage of the 90% band", figure: f(coverage) + "%",
                    must: "87...93%", goal: "89...91%", pass: (87...93).contains(coverage),
                    reachesGoal: (89...91).contains(coverage),
                    reference:
                        "mean width \(f(width)) min; plain: \(f(plainCoverage))%, \(f(plainWidth)) min"))
        }
    }
    return rows + forecastSpeed()
}

func forecastDays(seed: UInt64) -> [ForecastRecord] {
    var world = ForecastWorld(weeks: 10, seed: seed)
    return world.queue(ForecastKey(.queue, 1), service: ForecastKey(.service, 1), lanes: 6, perDay: 925)
        + world.queue(ForecastKey(.queue, 2), service: ForecastKey(.service, 2), lanes: 7, perDay: 925)
        + world.queue(ForecastKey(.queue, 3), service: ForecastKey(.service, 3), lanes: 2, perDay: 290)
        + world.travel(ForecastKey(.travel, 1), minutes: 240, perDay: 240)
        + world.travel(ForecastKey(.travel, 2), minutes: 65, perDay: 72)
}

private func forecastSpeed() -> [BenchRow] {
    let records = forecastDays(seed: 1)
    var forecast = Forecast()
    var before = keruen_thread_cpu_ns()
    for r in records {
        forecast.observe(
            r.key, startMilliseconds: r.startMilliseconds, durationMilliseconds: r.durationMilliseconds)
    }
    let learning = Double(keruen_thread_cpu_ns() - before) / Double(records.count)
    before = keruen_thread_cpu_ns()
    var sum: Int64 = 0
    for r in records.prefix(100_000) {
        sum &+=
            forecast.quantile(
                r.key, atMilliseconds: r.startMilliseconds, nowMilliseconds: r.startMilliseconds,
                permille: 900) ?? 0
    }
    let asking = Double(keruen_thread_cpu_ns() - before) / Double(min(records.count, 100_000))
    return [
        .told(
            "forecast, a record learned and a quantile told",
            "\(BenchRow.figure(learning)) and \(BenchRow.figure(asking)) ns", reference: "sum \(sum)")
    ]
}
