//! What is assumed about outages that come by chance, and about ways of the network that fail. When
//! regions fail by script is told where it happens.

use crate::experiment::Study;
use crate::model::{HazardSpec, OutageSpec, Scope};
use crate::random::Distribution;
use crate::report::outage_summary::HitSummary;
use crate::report::scene::words::{list, share, time};
use crate::report::text::what_is_lost;

/// Outages by chance and outages of ways; nothing if there are none.
pub(super) fn outages(study: &Study) -> Vec<String> {
    let fleet = &study.fleet;
    let ways = fleet.outages.iter().filter_map(|outage| way(study, outage));
    let hazards = fleet.hazards.iter().map(|hazard| by_chance(study, hazard));
    let mut says: Vec<String> = ways.chain(hazards).collect();
    if !fleet.hazards.is_empty() {
        says.push(
            "Between outages by chance is the time from the end of one to the start of the next; they \
             come at other times in each replication, and one cause knows nothing of another."
                .to_owned(),
        );
    }
    says
}

/// A way that fails by script.
fn way(study: &Study, outage: &OutageSpec) -> Option<String> {
    let Scope::Network(_, impairment) = outage.scope else {
        return None;
    };
    let place = HitSummary::new(study, outage).region;
    let what = if impairment.is_partition() {
        "nothing gets through, while both ends go on".to_owned()
    } else {
        format!(
            "a message takes {} longer each way, and {} are lost and sent again by TCP",
            time(impairment.delay),
            share(impairment.loss)
        )
    };
    Some(format!(
        "The way {place}, from {} on for {}: {what}.",
        time(outage.start - study.fleet.period.start()),
        time(outage.end - outage.start)
    ))
}

fn by_chance(study: &Study, hazard: &HazardSpec) -> String {
    let names = hazard.outages.iter().map(|outage| {
        let hit = HitSummary::new(study, outage);
        let what = what_is_lost(&hit.mode, hit.depth);
        match hit.mode.as_str() {
            "router" => format!("the router ({what})"),
            _ => format!("{} ({what})", hit.region),
        }
    });
    let names: Vec<String> = names.collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let fail = match names.len() {
        1 => "fails",
        _ => "fail together",
    };
    format!(
        "{} {fail} every {}, for {}.",
        list(&names),
        length(&hazard.mtbf),
        length(&hazard.mttr)
    )
}

/// A length of time that may be drawn.
fn length(distribution: &Distribution) -> String {
    let mean = time(distribution.mean());
    if distribution.scv() > 0.0 {
        format!("{mean} on average")
    } else {
        mean
    }
}
