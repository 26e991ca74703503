//! What can be named in a scenario, with a line of explanation each: read from the same tables
//! as the parser.

use crate::scenario::distribution::{FAMILIES, Family};
use crate::scenario::keys::{MODES, OPERATION, OUTAGE, STRATEGIES};
use crate::scenario::table::{Body, Choice, Key, Kind};

/// Something that can be named in a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: &'static str,
    /// How it is written.
    pub syntax: String,
    /// What it does.
    pub doc: &'static str,
}

/// The distributions of times.
pub fn distributions() -> Vec<Listed> {
    let built = FAMILIES.iter().filter(|family| family.is_built());
    let listed = |family: &Family| Listed {
        name: family.name,
        syntax: family.syntax(),
        doc: family.doc,
    };
    built.map(listed).collect()
}

/// The strategies of `routing`.
pub fn strategies() -> Vec<Listed> {
    let listed = |choice: &Choice| Listed {
        name: choice.name,
        syntax: strategy_syntax(choice),
        doc: choice.doc,
    };
    STRATEGIES.iter().map(listed).collect()
}

fn strategy_syntax(choice: &Choice) -> String {
    let name = choice.name;
    match choice.body {
        Body::Word => name.to_owned(),
        Body::Value(_, example) => format!("{{{name}: {example}}}"),
        Body::Section(section) => {
            let key = |key: &Key| match key.kind {
                Kind::Choice(choices) => {
                    let names: Vec<_> = choices.iter().map(|choice| choice.name).collect();
                    format!("{}: {}", key.name, names.join("|"))
                }
                _ => format!("{}: ...", key.name),
            };
            let keys: Vec<_> = section.keys.iter().map(key).collect();
            format!("{name} or {{{name}: {{{}}}}}", keys.join(", "))
        }
    }
}

/// The kinds of outages: of a region, in several modes, and of less than a region.
pub fn outage_kinds() -> Vec<Listed> {
    let mode = |choice: &Choice| Listed {
        name: choice.name,
        syntax: format!(
            "{{region: REGION, at: 10m, for: 10m, mode: {}}}",
            choice.name
        ),
        doc: choice.doc,
    };
    let part = |name: &'static str, hit: &str| Listed {
        name,
        syntax: format!("{{{hit}, at: 10m, for: 10m}}"),
        doc: OUTAGE.key(name).expect("a key of the table").doc,
    };
    let mut kinds: Vec<Listed> = MODES.iter().map(mode).collect();
    kinds.push(part("capacity", "region: REGION, capacity: 33%"));
    kinds.push(part("zone", "region: REGION, zone: 1"));
    kinds.push(part("vms", "region: REGION, vms: 1"));
    kinds.push(part("slow", "region: REGION, slow: 3"));
    kinds.push(part("gray", "region: REGION, gray: 30%"));
    kinds.push(part("probe", "region: REGION, probe: down"));
    kinds.push(part("management", "management: true"));
    kinds.push(part("router", "router: true"));
    kinds
}

/// What can be done to a region.
pub fn operations() -> Vec<Listed> {
    let listed = |(name, _): (&'static str, &str)| {
        let units = if name == "scale" { ", units: 3" } else { "" };
        Listed {
            name,
            syntax: format!("{{{name}: REGION{units}, at: 10m}}"),
            doc: OPERATION.key(name).expect("a key of the table").doc,
        }
    };
    OPERATION.alternatives().map(listed).collect()
}
