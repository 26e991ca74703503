//! The JSON Schema (draft-07) of the scenario file, made from the tables that the reader uses.
//!
//! It tells an editor the keys, their defaults and the form of quantities. What it cannot tell
//! (that a name is a region's, that an outage starts in the measured period) the reader checks.

use serde_json::{Map, Value, json};

use crate::scenario::distribution::FAMILIES;
use crate::scenario::keys::SCENARIO;
use crate::scenario::table::{Body, Choice, Key, Kind, Presence, Section};
use crate::scenario::{arrivals, backoff, rate};

const DURATION: &str = r"^\s*(\d+(\.\d*)?|\.\d+)\s*(ns|us|µs|ms|s|m|h|d)(\s*(\d+(\.\d*)?|\.\d+)\s*(ns|us|µs|ms|s|m|h|d))*\s*$";
const RATE: &str = r"^\s*(\d+(\.\d*)?|\.\d+)\s*/\s*(ns|us|ms|s|m|h|d)\s*$";
const RATIO: &str = r"^\s*(\d+(\.\d*)?|\.\d+)\s*%\s*$";

const QUANTILE: &str = r"^p([5-9]\d)(\.\d*)?$";

/// The schema.
pub fn schema() -> Value {
    let mut schema = section(&SCENARIO);
    schema.insert(
        "$schema".into(),
        json!("http://json-schema.org/draft-07/schema#"),
    );
    schema.insert("title".into(), json!("gatefleet scenario"));
    Value::Object(schema)
}

fn section(section: &'static Section) -> Map<String, Value> {
    let own = section.keys.iter().map(|key| (key, false));
    let inherited = section
        .inherits
        .into_iter()
        .flat_map(|section| section.keys);
    let inherited = inherited.map(|key| (key, true));
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (key, is_inherited) in own.chain(inherited) {
        properties.insert(key.name.to_owned(), property(key, is_inherited));
        if matches!(key.presence, Presence::Required(_)) {
            required.push(key.name);
        }
    }
    let mut schema = object(section.doc, &json!({ "^x-": {} }), &json!(false));
    schema.insert("properties".into(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".into(), json!(required));
    }
    let alternatives = section.alternatives();
    let alternatives: Vec<Value> = alternatives
        .map(|(name, _)| json!({ "required": [name] }))
        .collect();
    if !alternatives.is_empty() {
        schema.insert("oneOf".into(), json!(alternatives));
    }
    schema
}

fn object(doc: &str, patterns: &Value, additional: &Value) -> Map<String, Value> {
    let schema = json!({
        "description": doc,
        "type": "object",
        "patternProperties": patterns,
        "additionalProperties": additional,
    });
    match schema {
        Value::Object(schema) => schema,
        _ => unreachable!("an object was written above"),
    }
}

/// An inherited key has no default of its own: what the shared section says holds.
fn property(key: &Key, is_inherited: bool) -> Value {
    let mut schema = kind(key.kind);
    let doc = if is_inherited {
        format!("{}; overrides the shared value", key.doc)
    } else {
        key.doc.to_owned()
    };
    schema.insert("description".into(), json!(doc));
    match key.presence {
        Presence::Default(text) if !is_inherited => {
            schema.insert("default".into(), default(key.kind, text));
        }
        Presence::Required(example) | Presence::Alternative(example)
            if !example.starts_with('{') =>
        {
            schema.insert("examples".into(), json!([default(key.kind, example)]));
        }
        _ => {}
    }
    Value::Object(schema)
}

/// The text of the table as the JSON value that means the same.
fn default(kind: Kind, text: &str) -> Value {
    match kind {
        Kind::Whole(..) | Kind::Replications(..) => text
            .parse()
            .map_or_else(|_| json!(text), |number: u64| json!(number)),
        Kind::Factor | Kind::Skew => text
            .parse()
            .map_or_else(|_| json!(text), |number: f64| json!(number)),
        Kind::Choice(_) => word(text),
        _ => json!(text),
    }
}

/// A word as YAML reads it: `true` and `false` are not texts.
fn word(text: &str) -> Value {
    text.parse()
        .map_or_else(|_| json!(text), |truth: bool| json!(truth))
}

fn kind(kind: Kind) -> Map<String, Value> {
    let schema = match kind {
        Kind::Text | Kind::Region => json!({ "type": ["string", "number"] }),
        Kind::Whole(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Kind::Replications(most, inner) => {
            let count = json!({ "type": "integer", "minimum": 1, "maximum": most });
            json!({ "anyOf": [count, section(inner)] })
        }
        Kind::Duration | Kind::PositiveDuration => json!({ "type": "string", "pattern": DURATION }),
        Kind::Durations => {
            let length = json!({ "type": "string", "pattern": DURATION });
            json!({ "type": "array", "items": length, "minItems": 1 })
        }
        Kind::Factor => json!({ "type": "number", "exclusiveMinimum": 1 }),
        Kind::Skew => json!({ "type": "number", "minimum": 0, "maximum": 5 }),
        Kind::Rate => json!({ "type": "string", "pattern": RATE }),
        Kind::Ratio => json!({ "type": "string", "pattern": RATIO }),
        Kind::Distribution => json!({ "type": "string", "pattern": distribution_pattern() }),
        Kind::DurationOrSection(inner) => {
            let text = json!({ "type": "string", "pattern": DURATION });
            json!({ "anyOf": [text, section(inner)] })
        }
        Kind::RateProfile(inner) => {
            let text = json!({ "type": "string", "pattern": rate_pattern() });
            json!({ "anyOf": [text, section(inner)] })
        }
        Kind::Arrivals => json!({ "type": "string", "pattern": called(arrivals::names()) }),
        Kind::Backoff => json!({ "type": "string", "pattern": called(backoff::names()) }),
        Kind::HedgeDelay => json!({ "anyOf": [
            { "type": "string", "pattern": DURATION },
            { "type": "string", "pattern": QUANTILE },
        ] }),
        Kind::Words(choices) => {
            json!({ "type": "array", "items": { "anyOf": alternatives(choices) }, "minItems": 1, "uniqueItems": true })
        }
        Kind::Budget(inner) => {
            let ratio = json!({ "type": "string", "pattern": RATIO });
            json!({ "anyOf": [{ "const": "none" }, ratio, section(inner)] })
        }
        Kind::Coordinates => coordinates(),
        Kind::Regions => regions(),
        Kind::OrNone(inner) => {
            json!({ "anyOf": [{ "const": "none" }, Value::Object(self::kind(*inner))] })
        }
        Kind::Choice(choices) => json!({ "anyOf": alternatives(choices) }),
        Kind::ChoiceOrSection(choices, inner) => {
            let mut all = alternatives(choices);
            all.push(Value::Object(section(inner)));
            json!({ "anyOf": all })
        }
        Kind::Section(inner) => Value::Object(section(inner)),
        Kind::Named(inner) => {
            let names = json!(section(inner));
            json!({ "type": "object", "patternProperties": { "^x-": {} }, "additionalProperties": names, "minProperties": 1 })
        }
        Kind::List(inner) => json!({ "type": "array", "items": section(inner) }),
        several => parts(several),
    };
    match schema {
        Value::Object(schema) => schema,
        _ => unreachable!("every kind is described by an object"),
    }
}

/// What has parts that are no section.
fn parts(kind: Kind) -> Value {
    match kind {
        Kind::Places => {
            let name = json!({ "type": ["string", "number"] });
            json!({ "type": "array", "items": name, "minItems": 2, "maxItems": 2, "uniqueItems": true })
        }
        Kind::Stages => {
            let name = json!({ "type": ["string", "number"] });
            json!({ "type": "array", "items": { "anyOf": [name, regions()] }, "minItems": 1 })
        }
        Kind::Sites => {
            let name = json!({ "type": ["string", "number"] });
            json!({ "anyOf": [name, regions()] })
        }
        Kind::DurationByRegion => json!(durations_by_region()),
        Kind::WeightByRegion => {
            let weight = json!({ "type": "number", "minimum": 0 });
            json!({ "type": "object", "additionalProperties": weight, "minProperties": 1 })
        }
        Kind::RegionsByPopulation => {
            let name = json!({ "type": ["string", "number"] });
            let names = json!({ "anyOf": [name, regions()] });
            json!({ "type": "object", "additionalProperties": names, "minProperties": 1 })
        }
        Kind::Values => {
            let scalars = ["string", "number", "boolean"].map(|name| json!({ "type": name }));
            let any = [&scalars[..], &[json!({ "type": "object" })]].concat();
            let list = json!({ "type": "array", "items": { "anyOf": any }, "minItems": 1 });
            let values = [&scalars[..], &[list]].concat();
            let values = json!({ "anyOf": values });
            json!({ "type": "object", "additionalProperties": values, "minProperties": 1 })
        }
        Kind::Strategies => {
            let strategy = json!({ "type": ["string", "object"] });
            json!({ "type": "array", "items": strategy, "minItems": 1 })
        }
        _ => unreachable!("a value of one piece, or a section"),
    }
}

fn coordinates() -> Value {
    let degrees = |most: i32| json!({ "type": "number", "minimum": -most, "maximum": most });
    json!({ "type": "array", "items": [degrees(90), degrees(180)], "minItems": 2, "maxItems": 2 })
}

fn regions() -> Value {
    json!({ "type": "array", "items": { "type": ["string", "number"] }, "minItems": 1, "uniqueItems": true })
}

fn durations_by_region() -> Map<String, Value> {
    let length = json!({ "type": "string", "pattern": DURATION });
    object(
        "A round trip for every region",
        &json!({ "^x-": {} }),
        &length,
    )
}

/// What is written as a word, with or without parameters.
fn called(names: impl Iterator<Item = &'static str>) -> String {
    let names: Vec<&str> = names.collect();
    format!(r"^\s*({})\s*(\(.*\))?\s*$", names.join("|"))
}

fn rate_pattern() -> String {
    format!("({RATE})|({})", called(rate::names()))
}

fn distribution_pattern() -> String {
    let built = FAMILIES.iter().filter(|family| family.is_built());
    let names: Vec<&str> = built.map(|family| family.name).collect();
    let duration = DURATION.trim_start_matches('^').trim_end_matches('$');
    format!(r"^({duration}|\s*({})\s*\(.*\)\s*)$", names.join("|"))
}

/// What can be written for each choice.
fn alternatives(choices: &'static [Choice]) -> Vec<Value> {
    let mut all = Vec::new();
    for choice in choices {
        let body = match choice.body {
            Body::Word => None,
            Body::Section(inner) => Some(Value::Object(section(inner))),
            Body::Value(inner, _) => Some(Value::Object(kind(inner))),
        };
        if !matches!(choice.body, Body::Value(..)) {
            all.push(json!({ "const": word(choice.name), "description": choice.doc }));
        }
        if let Some(body) = body {
            all.push(json!({
                "type": "object",
                "description": choice.doc,
                "properties": { choice.name: body },
                "required": [choice.name],
                "additionalProperties": false,
            }));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every section of the table with the schema made from it, the root first.
    fn walk(section: &'static Section, schema: &Value, seen: &mut usize) {
        let names: Vec<&str> = section.names().collect();
        let properties = schema["properties"]
            .as_object()
            .expect("a section has properties");
        let mut shown: Vec<&str> = properties.keys().map(String::as_str).collect();
        let mut expected = names.clone();
        shown.sort_unstable();
        expected.sort_unstable();
        assert_eq!(shown, expected);
        for key in section.all_keys() {
            *seen += 1;
            let property = &properties[key.name];
            assert!(
                property["description"].is_string(),
                "{} is explained",
                key.name
            );
            match key.kind {
                Kind::Section(inner) => walk(inner, property, seen),
                Kind::Named(inner) => walk(inner, &property["additionalProperties"], seen),
                Kind::List(inner) => walk(inner, &property["items"], seen),
                Kind::RateProfile(inner)
                | Kind::Replications(_, inner)
                | Kind::DurationOrSection(inner) => {
                    walk(inner, &property["anyOf"][1], seen);
                }
                Kind::ChoiceOrSection(choices, inner) => {
                    walk(inner, &property["anyOf"][choices.len()], seen);
                }
                _ => {}
            }
        }
    }

    #[test]
    fn the_schema_has_exactly_the_keys_of_the_table() {
        let mut seen = 0;
        walk(&SCENARIO, &schema(), &mut seen);
        assert!(seen > 60, "only {seen} keys were met");
    }

    #[test]
    fn of_alternatives_exactly_one_must_be_there() {
        let outage = &schema()["properties"]["outages"]["items"];
        assert_eq!(
            outage["oneOf"],
            json!(
                [
                    "region",
                    "management",
                    "router",
                    "backend",
                    "network",
                    "group"
                ]
                .map(|key| json!({ "required": [key] }))
            )
        );
        // What YAML reads as true is no text.
        assert_eq!(
            outage["properties"]["management"]["anyOf"][0]["const"],
            true
        );
    }

    #[test]
    fn every_default_of_the_table_is_shown() {
        let schema = schema();
        assert_eq!(
            schema["properties"]["run"]["properties"]["replications"]["default"],
            20
        );
        assert_eq!(
            schema["properties"]["routing"]["properties"]["ttl"]["default"],
            "60s"
        );
        let text = schema.to_string();
        assert!(
            !text.contains("not supported yet"),
            "later features are not in the schema"
        );
    }
}
