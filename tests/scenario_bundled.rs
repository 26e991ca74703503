//! Every bundled scenario can be read, means what its comments say, and is known to the schema.

use std::path::PathBuf;

use gatefleet::experiment::Forecast;
use gatefleet::scenario::{Checked, Override, Source, Template, read, schema, templates};
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
    // region.
    let believable =
        |template: &&Template| !["retry-storm", "flash-crowd"].contains(&template.name);
    for template in templates().iter().filter(believable) {
        let study = checked(template, &[]).study;
        for utilization in &Forecast::new(&study).normal.utilization {
            assert!(
                (0.2..=0.7).contains(utilization),
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
        let requests = rate * length * f64::from(study.run.replications);
        assert!(requests <= 90e6, "{}: {requests} requests", template.name);
    }
}

#[test]
fn only_the_toppling_neighbors_are_warned_about() {
    for template in templates() {
        let warnings = checked(template, &[]).warnings;
        let topples = ["n-minus-one", "flash-crowd"].contains(&template.name);
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
    if schema.get("const").is_some_and(|wanted| wanted != value) {
        return false;
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
        _ => schema["type"] == "integer",
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
