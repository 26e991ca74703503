//! The parts of a generated scenario that refer to its regions and populations.

#![expect(
    clippy::format_push_string,
    reason = "a scenario is made once: clarity over speed"
)]

use crate::fuzzed::choices::Choices;
use crate::fuzzed::generate::{World, distribution};

pub(crate) fn routing(choices: &mut Choices<'_>, world: &World) -> String {
    let strategy = strategy(choices, world);
    let via = choices.of(&["dns", "dns", "anycast"]);
    let ttl = choices.of(&["5s", "60s", "0s"]);
    let probe = if choices.once_in(4) {
        "instant".to_owned()
    } else {
        let interval = choices.of(&["5s", "1s", "30s"]);
        let timeout = choices.of(&["500ms", "1s"]);
        let tolerated = choices.of(&[1, 0, 3]);
        let locations = choices.of(&[1, 3, 10]);
        let pacing = choices.of(&["fixed", "after_result"]);
        format!(
            "{{interval: {interval}, timeout: {timeout}, tolerated_failures: {tolerated}, \
             locations: {locations}, demand: 2ms, rtt: 10ms, pacing: {pacing}}}"
        )
    };
    let signal = choices.of(&[
        "instant",
        "{period: 10s, delay: 5s}",
        "{period: 1s, delay: 0s}",
    ]);
    format!(
        "routing:\n  strategy: {strategy}\n  via: {via}\n  ttl: {ttl}\n  probe: {probe}\n  \
         signal: {signal}\n"
    )
}

fn strategy(choices: &mut Choices<'_>, world: &World) -> String {
    let first = world.regions[0];
    let last = world.regions[world.regions.len() - 1];
    let pairs = |value: &str| {
        let pairs = world
            .regions
            .iter()
            .map(|region| format!("{region}: {value}"));
        pairs.collect::<Vec<_>>().join(", ")
    };
    match choices.below(13) {
        0 => "{latency: {failover: even_spread}}".to_owned(),
        1 => format!("{{priority: [{}]}}", world.regions.join(", ")),
        2 => format!("{{weighted: {{{}}}}}", pairs("3")),
        3 => {
            let assigned = world.populations.iter().map(|population| {
                let region = choices.of(&world.regions);
                format!("{population}: {region}")
            });
            format!(
                "{{geographic: {{{}}}}}",
                assigned.collect::<Vec<_>>().join(", ")
            )
        }
        4 => "round_robin".to_owned(),
        5 => {
            let sensitivity = choices.of(&["50ms", "0ms", "5s"]);
            format!(
                "{{latency_band: {{sensitivity: {sensitivity}, weights: {{{}}}}}}}",
                pairs("1")
            )
        }
        6 if first == last => format!("{{overprovisioned: {{levels: [{first}]}}}}"),
        6 => {
            let rest = world.regions[1..].join(", ");
            let factor = choices.of(&["1.4", "1.01", "10"]);
            let panic = choices.of(&["50%", "0%", "100%"]);
            format!(
                "{{overprovisioned: {{levels: [{first}, [{rest}]], factor: {factor}, panic: {panic}}}}}"
            )
        }
        7 => format!(
            "{{waterfall: {{target: {}}}}}",
            choices.of(&["80%", "5%", "100%"])
        ),
        8 => "least_utilized".to_owned(),
        9 => "power_of_two".to_owned(),
        10 => "oracle".to_owned(),
        _ => "latency".to_owned(),
    }
}

pub(crate) fn backends(choices: &mut Choices<'_>, world: &World) -> String {
    if !world.has_backends {
        return String::new();
    }
    let service = distribution(choices, &["20ms", "200ms"]);
    let workers = choices.of(&["none", "20", "1"]);
    let queue_limit = choices.of(&["none", "0", "30"]);
    let timeout = choices.of(&["1s", "300s", "10ms"]);
    let choose = choices.of(&["closest", "weighted"]);
    let attempts = choices.of(&[1, 2, 5]);
    let breaker = choices.of(&[
        "none",
        "{failures: 3, window: 10s, open_for: 5s}",
        "{failures: 1, window: 1s, open_for: 1s, half_open: 2}",
    ]);
    let sites = world.regions.iter().map(|region| {
        let priority = choices.of(&[1, 2]);
        format!("{region}: {{priority: {priority}, weight: 3}}")
    });
    let sites: Vec<String> = sites.collect();
    let sites = sites.join(", ");
    let share = choices.of(&["", "share: 40%, "]);
    format!(
        "backends:\n  orders: {{{share}service: {service}, workers: {workers}, queue_limit: \
         {queue_limit}, timeout: {timeout}, choose: {choose}, retry: {{attempts: {attempts}, \
         backoff: constant(delay=100ms)}}, breaker: {breaker}, sites: {{{sites}}}}}\n"
    )
}

pub(crate) fn config(choices: &mut Choices<'_>, world: &World) -> String {
    if !choices.once_in(3) {
        return String::new();
    }
    let interval = choices.of(&["10s", "1s", "60s"]);
    let apply = distribution(choices, &["1s", "100ms"]);
    let changes = choices.of(&["{rate: 10/m}", "none", "{at: [1s, 5s, 5s]}", "{rate: 5/s}"]);
    let needed = choices.of(&["0%", "10%", "100%"]);
    let unreplicated = choices.of(&["retained", "lost"]);
    let mut text = format!(
        "config:\n  sync: {{interval: {interval}, apply: {apply}}}\n  changes: {changes}\n  \
         needed_by: {needed}\n  unreplicated: {unreplicated}\n"
    );
    if choices.once_in(3) {
        text += "  freeze: [{at: 3s, for: 9s}]\n";
    }
    if choices.once_in(2) {
        let bad = choices.of(&[
            "none",
            "{fail: 40%}",
            "{slow: 3, after: 2s}",
            "{crash: {restart: 5s}}",
            "{crash: {restart: none}}",
        ]);
        let halt = choices.of(&[
            "none",
            "{above: 2%, over: 5s}",
            "{above: 50%, over: 1s, then: stop}",
        ]);
        let stages = match world.regions.split_first() {
            Some((first, rest)) if !rest.is_empty() => format!("[{first}, [{}]]", rest.join(", ")),
            _ => format!("[{}]", world.regions[0]),
        };
        let fix = choices.of(&["none", "{after: 20s}", "{after: 1s, bake: 1s}"]);
        text += &format!(
            "  rollouts: [{{at: 5s, stages: {stages}, bake: 5s, needed_by: 5%, bad: {bad}, halt: \
             {halt}, fix: {fix}}}]\n"
        );
    }
    text
}

pub(crate) fn management(choices: &mut Choices<'_>, world: &World) -> String {
    let mut text = String::new();
    let last = world.regions[world.regions.len() - 1];
    if choices.once_in(4) {
        let restore = if world.regions.len() > 1 && choices.once_in(2) {
            ", restore: {in: eastus, after: 10s}"
        } else {
            ""
        };
        let needs = choices.of(&["false", "true"]);
        text += &format!(
            "management: {{operations: 1/s, portal: 2/s, restart_needs_primary: {needs}{restore}}}\n"
        );
    }
    if choices.once_in(4) {
        let takes = distribution(choices, &["5s", "1s"]);
        let what = match choices.below(4) {
            0 => format!("scale: {last}, units: {}", choices.of(&[1, 7])),
            1 => format!("disable: {last}"),
            2 => format!("remove: {last}"),
            _ => format!("add: {last}"),
        };
        text += &format!("operations: [{{{what}, at: 7s, takes: {takes}}}]\n");
    }
    if choices.once_in(4) {
        let regions = choices.of(&["all", "primary"]);
        let takes = distribution(choices, &["5s", "20s"]);
        text += &format!(
            "autoscale: {{regions: {regions}, units_min: 1, units_max: 6, out: {{above: 60%, over: \
             5s, cool_down: 5s, units: 2}}, in: {{below: 20%, over: 5s, cool_down: 0s}}, takes: \
             {takes}}}\n"
        );
    }
    text
}

pub(crate) fn outages(choices: &mut Choices<'_>, world: &World) -> String {
    let count = choices.below(5);
    if count == 0 {
        return String::new();
    }
    let mut text = String::from("outages:\n");
    for _ in 0..count {
        let when = when(choices, world);
        if choices.once_in(6) {
            let (one, other) = (fault(choices, world), fault(choices, world));
            text += &format!("  - {{group: [{{{one}}}, {{{other}}}], {when}}}\n");
        } else {
            text += &format!("  - {{{}, {when}}}\n", fault(choices, world));
        }
    }
    text
}

fn when(choices: &mut Choices<'_>, world: &World) -> String {
    if choices.once_in(4) {
        let mtbf = distribution(choices, &["20s", "5s", "10m"]);
        let mttr = distribution(choices, &["5s", "1s"]);
        return format!("mtbf: {mtbf}, mttr: {mttr}");
    }
    let at = choices.whole(0, world.duration_s - 1);
    let length = choices.of(&[5, 1, 15]);
    match choices.below(6) {
        0 => format!("at: {at}s, for: {length}s, ramp: {{up: 400ms, down: 500ms}}"),
        1 => format!(
            "at: 1s, for: 1s, repeat: {{every: 2s, times: {}}}",
            choices.of(&[3, 2, 9])
        ),
        2 => format!("at: {at}s, for: 1h"),
        _ => format!("at: {at}s, for: {length}s"),
    }
}

fn fault(choices: &mut Choices<'_>, world: &World) -> String {
    let region = choices.of(&world.regions);
    let population = choices.of(&world.populations);
    match choices.below(16) {
        0 => format!("region: {region}, mode: refuse"),
        1 => format!("region: {region}, mode: hold"),
        2 => format!("region: {region}, mode: no_dns"),
        3 => format!(
            "region: {region}, capacity: {}",
            choices.of(&["50%", "1%", "100%"])
        ),
        4 => format!("region: {region}, zone: 1"),
        5 => format!("region: {region}, vms: 1"),
        6 => format!("region: {region}, slow: {}", choices.of(&["3", "1000"])),
        7 => format!("region: {region}, gray: 30%"),
        8 => format!("region: {region}, probe: {}", choices.of(&["down", "up"])),
        9 => "router: true".to_owned(),
        10 => "management: true".to_owned(),
        11 => format!("network: [{population}, {region}], partition: true"),
        12 => format!(
            "network: [{population}, {region}], loss: {}",
            choices.of(&["20%", "99%"])
        ),
        13 => format!("network: [{population}, {region}], delay: 300ms"),
        14 if world.has_backends => {
            let how = choices.of(&["mode: blackhole", "mode: refuse", "slow: 5", "gray: 50%"]);
            format!("backend: orders, {how}")
        }
        _ => format!("region: {region}, mode: blackhole"),
    }
}

pub(crate) fn slo(choices: &mut Choices<'_>, world: &World) -> String {
    if !choices.once_in(3) {
        return String::new();
    }
    let confidence = choices.of(&["none", "95%"]);
    format!(
        "slo:\n  availability: 99.9%\n  availability_timeslices: 50%\n  latency: {{p50: 1s, p99_9: \
         2s}}\n  confidence: {confidence}\n  by:\n    population: {{{}: {{availability: 90%}}}}\n    \
         region: {{{}: {{latency: {{p99: 1s}}}}}}\n    phase: {{before: {{availability: 99%}}}}\n",
        choices.of(&world.populations),
        choices.of(&world.regions)
    )
}
