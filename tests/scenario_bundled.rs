//! Every bundled scenario can be read, means what its comments say, and is known to the schema.

use std::path::PathBuf;

use gatefleet::experiment::{Forecast, Study, ZoneLoss};
use gatefleet::model::{
    Changes, DefectEffect, OperationKind, OutageId, OutageSpec, RolloutSpec, Scope,
};
use gatefleet::scenario::{Checked, Override, Source, Template, read, schema, templates};
use gatefleet::units::{Ratio, SimDuration, SimTime};
use serde_json::Value;

fn checked(template: &Template, overrides: &[&str]) -> Checked {
    let source = Source {
        name: template.name.to_owned(),
        text: template.text.to_owned(),
        folder: PathBuf::new(),
    };
    let overrides: Vec<Override> = overrides
        .iter()
        .map(|text| Override::parse(text).expect("an override"))
        .collect();
    read(&source, &overrides).unwrap_or_else(|problems| panic!("{problems}"))
}

fn find(name: &str) -> &'static Template {
    templates()
        .iter()
        .find(|template| template.name == name)
        .expect("it is bundled")
}

#[test]
fn every_template_reads_at_believable_utilization() {
    // The store of the retry storm is near its capacity by intent, and a crowd is too much for one
    // region; a standby idles.
    let exceptions = ["retry-storm", "flash-crowd", "internal-vnet"];
    let believable = |template: &&Template| !exceptions.contains(&template.name);
    for template in templates().iter().filter(believable) {
        let study = checked(template, &[]).study;
        for (region, utilization) in Forecast::new(&study).normal.utilization.entries() {
            let is_absent = study.fleet.joins_later(region);
            assert!(
                is_absent || (0.2..=0.7).contains(utilization),
                "{}: {utilization}",
                template.name
            );
        }
    }
}

#[test]
fn every_template_is_small_enough_to_be_run_at_once() {
    for template in templates() {
        let study = checked(template, &[]).study;
        let rate: f64 = study
            .fleet
            .populations
            .iter()
            .map(|p| p.mean_rate(study.fleet.period.duration).as_per_s())
            .sum();
        let length = (study.fleet.period.warm_up + study.fleet.period.duration).as_secs_f64();
        let requests = rate * length * f64::from(study.run.replications.most());
        assert!(requests <= 90e6, "{}: {requests} requests", template.name);
    }
}

#[test]
fn only_the_toppling_neighbors_are_warned_about() {
    for template in templates() {
        let warnings = checked(template, &[]).warnings;
        let topples = [
            "n-minus-one",
            "brown-out-cascade",
            "autoscale-too-late",
            "flash-crowd",
            "capacity-planning",
            "strategies",
            // They are too small for the loss of a zone.
            "zone-loss",
            "lying-probes",
            // It shows a region that is not lost, and one unit too few.
            "replay-uk-south-2020-09-14",
            // Every region depends on one.
            "single-backend",
            // Nothing topples, but a limit is exceeded.
            "rate-limit-reset",
        ];
        let topples = topples.contains(&template.name);
        assert_eq!(
            !warnings.is_empty(),
            topples,
            "{}: {warnings:#?}",
            template.name
        );
    }
    assert_eq!(checked(find("n-minus-one"), &[EVEN_SPREAD]).warnings, []);
}

/// The utilizations that the comments of the scenarios promise, in percent.
#[test]
fn a_survivor_is_as_busy_as_the_comments_say() {
    for (name, options, survivor, down, percent) in [
        ("primary-outage", None, "northeurope", "westeurope", 68),
        ("secondary-outage", None, "centralus", "eastus", 90),
        ("n-minus-one", None, "uksouth", "westeurope", 124),
        (
            "n-minus-one",
            Some(EVEN_SPREAD),
            "uksouth",
            "westeurope",
            77,
        ),
        ("capacity-planning", None, "eastus", "westeurope", 164),
        ("strategies", None, "uksouth", "westeurope", 109),
        (
            "strategies",
            Some(EVEN_SPREAD),
            "southeastasia",
            "westeurope",
            99,
        ),
        (
            "strategies",
            Some("routing.strategy=waterfall"),
            "uksouth",
            "westeurope",
            80,
        ),
        ("brown-out-cascade", None, "northeurope", "westeurope", 121),
        ("autoscale-too-late", None, "westeurope", "northeurope", 117),
        ("lying-probes", None, "uksouth", "westeurope", 114),
        ("ttl-and-probes", None, "northeurope", "westeurope", 63),
        ("follow-the-sun", None, "eastus", "westeurope", 96),
    ] {
        let study = checked(find(name), options.as_slice()).study;
        let id = |wanted: &str| {
            let mut regions = study.fleet.regions.entries();
            let found = regions.find(|(_, region)| region.name == wanted);
            found.expect("it is a region of the scenario").0
        };
        let situation = &Forecast::new(&study).without[id(down)];
        let found = situation.utilization[id(survivor)] * 100.0;
        assert!(
            (found - f64::from(percent)).abs() < 1.0,
            "{name}: {found} %"
        );
    }
}

const EVEN_SPREAD: &str = "routing.strategy.latency.failover=even_spread";

#[test]
fn the_two_probings_differ_in_their_probing_only() {
    let slow = checked(find("slow-detection"), &[]).study;
    let fast = checked(find("fast-probing"), &[]).study;
    let mean = |study| Forecast::new(study).detection_blackhole.mean.as_secs_f64();
    assert!((mean(&slow) - 115.0).abs() < 1e-9);
    assert!((mean(&fast) - 24.0).abs() < 1e-9);
    let mut like_slow = fast.fleet.clone();
    like_slow.routing.health = slow.fleet.routing.health.clone();
    assert_eq!(format!("{like_slow:?}"), format!("{:?}", slow.fleet));
}

/// Whether `value` has only what `schema` allows: as much of draft-07 as the schema uses.
fn fits(value: &Value, schema: &Value) -> bool {
    if let Some(alternatives) = schema["anyOf"].as_array() {
        return alternatives.iter().any(|schema| fits(value, schema));
    }
    if let Some(alternatives) = schema["oneOf"].as_array() {
        let requires = |alternative: &&Value| {
            let names = alternative["required"].as_array().expect("keys");
            names
                .iter()
                .all(|name| value.get(name.as_str().expect("a key")).is_some())
        };
        if alternatives.iter().filter(requires).count() != 1 {
            return false;
        }
    }
    if let Some(wanted) = schema.get("const") {
        return wanted == value;
    }
    match value {
        Value::Object(map) => map.iter().all(|(key, value)| {
            let property = schema["properties"].get(key);
            property
                .or_else(|| schema.get("additionalProperties"))
                .is_some_and(|schema| schema != &Value::Bool(false) && fits(value, schema))
        }),
        Value::Array(items) => items.iter().all(|item| match &schema["items"] {
            Value::Array(_) => item.is_number(),
            schema => fits(item, schema),
        }),
        Value::String(_) => {
            schema["type"] == "string" || schema["type"].is_array() || schema.get("const").is_some()
        }
        Value::Number(_) => schema["type"] == "integer" || schema["type"] == "number",
        _ => false,
    }
}

#[test]
fn every_template_fits_the_schema() {
    let schema = schema();
    for template in templates() {
        let value: Value = serde_saphyr::from_str(template.text).expect("YAML");
        assert!(fits(&value, &schema), "{}", template.name);
    }
    let misspelt: Value = serde_saphyr::from_str("run: {warmup: 2m}").expect("YAML");
    assert!(!fits(&misspelt, &schema), "the check can fail");
}

/// Goal: the two differ in how the change is rolled out, not in the change.
#[test]
fn the_two_rollouts_are_of_the_same_change() {
    let [everywhere, staged] =
        ["bad-config-everywhere", "staged-rollout"].map(|name| checked(find(name), &[]).study);
    let (at_once, in_stages) = (rollout(&everywhere), rollout(&staged));
    assert_eq!(at_once.defect, in_stages.defect);
    assert_eq!(at_once.fix, in_stages.fix);
    assert_eq!(
        (at_once.plan.stages.len(), in_stages.plan.stages.len()),
        (1, 3)
    );
    let mut like_everywhere = staged.fleet.clone();
    like_everywhere.config = everywhere.fleet.config.clone();
    assert_eq!(
        format!("{like_everywhere:?}"),
        format!("{:?}", everywhere.fleet)
    );
}

/// The rollout of a scenario that has one.
fn rollout(study: &Study) -> RolloutSpec {
    let config = study.fleet.config.as_ref().expect("it has one");
    config.rollouts.iter().next().expect("it has one").clone()
}

/// Goal: what gates see is decided by what they look at, and when. Method: how long the watch lasts
/// against when the defect shows, in the scenarios and in what their comments suggest.
#[test]
fn a_watch_sees_only_what_shows_while_it_lasts() {
    let late = [
        "config.rollouts.0.bake=1m",
        "config.rollouts.0.bad.after=5m",
    ];
    let longer = ["config.rollouts.0.bake=10m"];
    let front_door = "replay-front-door-2025-10-29";
    for (name, overrides, sees) in [
        ("staged-rollout", &[][..], true),
        ("staged-rollout", &late, false),
        (front_door, &[], false),
        (front_door, &longer, true),
    ] {
        let rollout = rollout(&checked(find(name), overrides).study);
        assert!(rollout.halt.is_some(), "{name} is watched");
        let watched = minutes_of(rollout.plan.bake) * rollout.plan.stages.len() as u64;
        let shows = minutes_of(rollout.defect.expect("it is bad").after);
        assert_eq!(shows < watched, sees, "{name}: {overrides:?}");
    }
}

/// Goal: where nothing is poisoned, nobody needs to wait for people; where it is, only a correction
/// helps, and a freeze does not hold that up.
#[test]
fn the_last_known_good_is_poisoned_in_the_replays_of_crashes() {
    for name in ["replay-front-door-2025-10-29", "replay-google-2025-06-12"] {
        let rollout = rollout(&checked(find(name), &[]).study);
        let effect = rollout.defect.expect("it is bad").effect;
        assert_eq!(effect, DefectEffect::Crashes { restart: None }, "{name}");
    }
    let study = checked(find("replay-front-door-2025-10-29"), &[]).study;
    let freezes = study.fleet.config.expect("it has one").freezes;
    assert_eq!(freezes.len(), 1);
    assert!(freezes[0].end > study.fleet.period.end());
}

/// Goal: the last change before the outage is one that most regions have not pulled, and there are
/// changes that are wanted while the management plane is away, before and after it is restored.
#[test]
fn a_change_comes_just_before_the_primary_fails() {
    let restored = "management.restore={in: northeurope}";
    let study = checked(find("stale-secondaries"), &[restored]).study;
    let fleet = &study.fleet;
    let outage = &fleet.outages[OutageId::new(0)];
    assert_eq!(outage.region, fleet.primary);
    let config = fleet.config.as_ref().expect("it has one");
    let Changes::Listed(changes) = &config.changes else {
        panic!("they are listed");
    };
    let after = fleet.management.restore.expect("it has one").after;
    let between = |from: SimTime, to: SimTime| {
        let inside = changes.iter().filter(|&&at| from <= at && at < to);
        inside.count()
    };
    let just_before = outage.start.before(config.sync.interval);
    assert_eq!(between(just_before, outage.start), 1);
    assert_eq!(between(outage.start, outage.end), 9);
    assert_eq!(between(outage.start + after, outage.end), 4);
}

/// Goal: who goes to the primary is told apart by what they remember, and adding a region comes
/// before, so that its harmlessness shows.
#[test]
fn a_changed_address_meets_every_kind_of_client() {
    let fleet = checked(find("vip-change"), &[]).study.fleet;
    let kinds: Vec<(&str, bool, Ratio, Ratio)> = (fleet.populations.iter())
        .map(|population| {
            let client = &population.client;
            let keeps = client.connection.is_some();
            let dns = &client.dns;
            (population.name.as_str(), keeps, dns.extended, dns.pinned)
        })
        .collect();
    let (none, all) = (Ratio::ZERO, Ratio::ZERO.complement());
    assert_eq!(
        kinds,
        [
            ("browsers", false, none, none),
            ("slow-resolvers", false, all, none),
            ("batch", true, none, none),
            ("scripts", false, none, all),
            ("ireland", false, none, none),
            ("america", false, none, none),
        ]
    );
    let operations = fleet.management.operations.iter();
    let kinds: Vec<OperationKind> = operations.map(|operation| operation.kind).collect();
    assert_eq!(kinds, [OperationKind::Add, OperationKind::ChangeSubnet]);
    assert_eq!(fleet.outages.len(), 0);
}

/// Goal: a standby restarts while the primary is away, and needs it.
#[test]
fn a_standby_restarts_while_the_primary_is_away() {
    let fleet = checked(find("internal-vnet"), &[]).study.fleet;
    assert!(fleet.management.restart_needs_primary);
    let [primary, standby] = [0, 1].map(|index| &fleet.outages[OutageId::new(index)]);
    assert_eq!(primary.region, fleet.primary);
    assert_ne!(standby.region, fleet.primary);
    assert!(primary.start < standby.start && standby.end < primary.end);
}

/// Goal: everything that depends on the primary is there to be missed.
#[test]
fn the_primary_takes_management_with_it() {
    let fleet = checked(find("primary-outage"), &[]).study.fleet;
    assert_eq!(fleet.outages[OutageId::new(0)].region, fleet.primary);
    let config = fleet.config.expect("it has one");
    assert!(matches!(config.changes, Changes::Poisson(rate) if rate.as_per_s() > 0.0));
    assert!(fleet.management.operation_rate.as_per_s() > 0.0);
    assert!(fleet.management.portal_rate.as_per_s() > 0.0);
}

/// Goal: what the comments suggest to try can be tried. Method: every command of every scenario, as a
/// shell would read it.
#[test]
fn every_suggestion_can_be_tried() {
    let mut suggestions = 0;
    for template in templates() {
        let commands = template.text.lines().filter_map(|line| {
            let command = line.strip_prefix("#     gatefleet run ")?;
            command.contains("--set").then_some(command)
        });
        for command in commands {
            let (file, rest) = command.split_once(' ').expect("a file, and what to change");
            let stem = file
                .trim_start_matches("scenarios/")
                .trim_end_matches(".yaml");
            assert_eq!(stem, template.name);
            let overrides: Vec<&str> = rest
                .split("--set ")
                .map(|text| text.trim().trim_matches('\''))
                .filter(|text| !text.is_empty())
                .collect();
            checked(template, &overrides);
            suggestions += 1;
        }
    }
    assert!(suggestions > 20, "{suggestions}");
}

/// Goal: one population exceeds its limit wherever all of it comes, and nowhere if it is spread; all
/// together exceed one counter.
#[test]
fn a_limit_is_exceeded_where_the_comments_say() {
    let of_one = |region: &str, without: &str| {
        format!(
            "`{region}` admits 100/s of each population and `batch` would ask for 150/s{without}; what is more is refused with 429; write more `calls` in `rate_limit`"
        )
    };
    let warnings = |overrides: &[&str]| -> Vec<String> {
        let warnings = checked(find("rate-limit-reset"), overrides).warnings;
        let shown = warnings.iter().map(ToString::to_string);
        let text = |shown: String| {
            let (_, text) = shown.split_once("warning: ").expect("it is a warning");
            text.lines().next().unwrap_or_default().to_owned()
        };
        shown.map(text).collect()
    };
    let expected = [
        of_one("westeurope", ""),
        of_one("northeurope", " when `westeurope` is down"),
    ];
    assert_eq!(warnings(&[]), expected);
    let spread = "routing.strategy=round_robin";
    assert_eq!(warnings(&[spread]), [""; 0]);
    let together = warnings(&["gateway.rate_limit.by=region"]);
    assert!(
        together[0].starts_with("`westeurope` admits 100/s and would be asked for 230/s; "),
        "{together:?}"
    );
}

/// The VMs of the zones, and how busy the largest leaves the others, as the comments have it.
#[test]
fn the_largest_zone_is_too_much_unless_there_is_another_unit() {
    let zones = |overrides: &[&str]| {
        let study = checked(find("zone-loss"), overrides).study;
        let id = study.fleet.primary;
        let normal = Forecast::new(&study).normal.utilization[id];
        let loss = ZoneLoss::new(&study.fleet.regions[id], normal).expect("it has zones");
        let utilization = loss.utilization.expect("some are left") * 100.0;
        (loss.vms_by_zone, format!("{utilization:.0}"))
    };
    assert_eq!(zones(&[]), (vec![2, 1, 1], "130".to_owned()));
    let another = zones(&["regions.westeurope.units=3"]);
    assert_eq!(another, (vec![2, 2, 2], "65".to_owned()));
}

/// Minutes after the start of the measured period.
fn minutes(study: &Study, at: SimTime) -> u64 {
    minutes_of(at - study.fleet.period.start())
}

fn minutes_of(length: SimDuration) -> u64 {
    length.as_ns() / 60_000_000_000
}

/// The workers of a region as long as each of its outages lasts, of which the first ends first.
fn workers_left(name: &str) -> Vec<String> {
    let fleet = checked(find(name), &[]).study.fleet;
    let shares: Vec<f64> = (fleet.outages.iter())
        .map(|outage| match outage.scope {
            Scope::Capacity(lost) => lost.complement().as_f64(),
            _ => panic!("they take capacity"),
        })
        .collect();
    let region = &fleet.regions[fleet.primary];
    let all = f64::from(region.units * region.workers_per_unit());
    let left = |ended: usize| format!("{:.0}", shares[ended..].iter().product::<f64>() * all);
    (0..shares.len()).map(left).collect()
}

/// Goal: replays keep to the known times, as their comments put them on the clock.
#[test]
fn replays_keep_to_the_times_that_are_known() {
    let outages = |name: &str| -> Vec<(u64, u64)> {
        let study = checked(find(name), &[]).study;
        let outages = study.fleet.outages.iter();
        let times = |outage: &OutageSpec| [outage.start, outage.end].map(|at| minutes(&study, at));
        outages
            .map(times)
            .map(|[start, end]| (start, end))
            .collect()
    };
    // 06:48 to 09:40, from 06:30.
    assert_eq!(outages("replay-us-east-1-2025-10-20"), [(18, 190)]);
    // From 13:30, the last phase until 00:41, from 12:00.
    let phases = outages("replay-uk-south-2020-09-14");
    assert!(phases.iter().all(|phase| phase.0 == 90));
    assert_eq!(phases.last(), Some(&(90, 761)));
    // Six bursts between 08:50 and 13:19, from 08:30.
    // A third is lost, by shares that multiply, and every phase brings back as much.
    assert_eq!(workers_left("replay-uk-south-2020-09-14"), ["6", "7", "8"]);
    let bursts = outages("replay-front-door-london-2024-04-05");
    assert_eq!((bursts.len(), bursts[0].0, bursts[5].1), (6, 20, 289));
    let rollout = |name: &str| {
        let study = checked(find(name), &[]).study;
        let rollout = rollout(&study);
        let fix = rollout.fix.clone().expect("it has one");
        let at = minutes(&study, rollout.at);
        let first = at + minutes_of(rollout.defect.expect("it is bad").after);
        let fixed = at + minutes_of(fix.after);
        let fixed_last = fixed + minutes_of(fix.plan.bake) * (fix.plan.stages.len() - 1) as u64;
        [first, fixed, fixed_last]
    };
    // From 15:41 on, recovery from 18:30, over at 00:05, from 15:00.
    assert_eq!(rollout("replay-front-door-2025-10-29"), [41, 210, 545]);
    // 17:51, 40 min, 2 h 40 min, from 17:30.
    assert_eq!(rollout("replay-google-2025-06-12"), [21, 61, 181]);
}
