//! What was simulated, for readers of a report: who is where, and what is assumed, in words.
//!
//! What this is not: no figure is here. It is a function of the checked scenario alone, kept in
//! `run.json`, so that a report can be written again without reading the scenario again.

mod backends;
mod clients;
mod fleet;
mod outages;
mod words;

use serde::{Deserialize, Serialize};

use crate::scenario::Checked;

/// What was simulated: the scenario, or one variant of it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Scene {
    /// The variant; empty if there is only one.
    pub name: String,
    /// The regions, in the order of the scenario.
    pub regions: Vec<Site>,
    /// The populations, in the order of the scenario.
    pub clients: Vec<Site>,
    /// What is assumed, by what it is about.
    pub assumptions: Vec<Topic>,
}

/// Something that is somewhere.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Site {
    /// What it is called.
    pub name: String,
    /// Its latitude and longitude in degrees; `null` if they are not known.
    pub at: Option<[f64; 2]>,
}

/// What is assumed about something.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Topic {
    /// What it is about.
    pub about: String,
    /// Sentences.
    pub says: Vec<String>,
}

impl Scene {
    /// What a checked scenario is about; `name` is that of the variant.
    pub fn new(name: &str, checked: &Checked) -> Self {
        let fleet = &checked.study.fleet;
        let site = |name: &str, at| Site {
            name: name.to_owned(),
            at,
        };
        let regions = fleet.regions.iter();
        let clients = fleet.populations.iter().zip(&checked.places);
        let topics = [
            ("Traffic", clients::traffic(fleet)),
            ("Clients", clients::policies(fleet)),
            ("Regions", fleet::regions(fleet)),
            ("Back ends", backends::backends(fleet)),
            ("Caches", backends::caches(fleet)),
            ("Routing", fleet::routing(&fleet.routing)),
            ("Network", fleet::network(fleet)),
            ("Configuration", fleet::config(fleet)),
            ("Management", fleet::management(fleet)),
            ("Outages", outages::outages(&checked.study)),
            ("The run", fleet::run(&checked.study)),
        ];
        let topics = topics.into_iter().filter(|(_, says)| !says.is_empty());
        Self {
            name: name.to_owned(),
            regions: regions
                .map(|region| site(&region.name, region.coordinates))
                .collect(),
            clients: clients
                .map(|(population, &at)| site(&population.name, at))
                .collect(),
            assumptions: topics
                .map(|(about, says)| Topic {
                    about: about.to_owned(),
                    says,
                })
                .collect(),
        }
    }
}
