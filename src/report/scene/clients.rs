//! What is assumed about those who send requests.

use crate::model::{
    ClientSpec, ConnectionSpec, DnsSpec, FleetSpec, HedgeDelay, PopulationSpec, RetrySpec, Traffic,
};
use crate::report::scene::words::{alike, backoff, list, percent, share, spread, time};
use crate::units::SimDuration;
use crate::units::text::show_rate;

/// Who sends how much, a sentence a population.
pub(super) fn traffic(fleet: &FleetSpec) -> Vec<String> {
    let populations = fleet.populations.iter();
    populations.map(|one| population(fleet, one)).collect()
}

fn population(fleet: &FleetSpec, population: &PopulationSpec) -> String {
    let duration = fleet.period.duration;
    let sends = match &population.traffic {
        Traffic::Open { .. } => {
            let [low, high] = population.rate_between(SimDuration::ZERO, duration);
            let agents = population.agents;
            if low == high {
                format!("{agents} agents send requests at {}", show_rate(high))
            } else {
                format!(
                    "{agents} agents send requests at {} to {}, {} on average",
                    show_rate(low),
                    show_rate(high),
                    show_rate(population.mean_rate(duration))
                )
            }
        }
        Traffic::Closed { think } => format!(
            "{} users think before each request: {}",
            population.agents,
            spread(think)
        ),
    };
    let nearest = population.rtt.entries().min_by_key(|&(_, rtt)| rtt);
    let nearest = nearest.map(|(region, &rtt)| {
        let region = &fleet.regions[region].name;
        format!("; {region} is the closest, {} there and back", time(rtt))
    });
    format!(
        "{}: {sends}{}.",
        population.name,
        nearest.unwrap_or_default()
    )
}

/// What clients do by themselves; populations that do the same are told together.
pub(super) fn policies(fleet: &FleetSpec) -> Vec<String> {
    let populations = fleet.populations.iter();
    let named = populations.map(|one| (one.name.as_str(), &one.client));
    let groups = alike(named, Clone::clone);
    let is_one = groups.len() == 1;
    let told = groups.into_iter().flat_map(|(names, client)| {
        let whose = if is_one {
            String::new()
        } else {
            format!("{}: ", list(&names))
        };
        let says = policy(fleet, client).into_iter();
        says.map(move |says| format!("{whose}{says}"))
    });
    told.collect()
}

fn policy(fleet: &FleetSpec, client: &ClientSpec) -> Vec<String> {
    let wait = |limit: Option<SimDuration>| limit.map_or_else(|| "without limit".to_owned(), time);
    let mut says = vec![format!(
        "A client waits {} for a connection and {} for an attempt as a whole.",
        wait(client.connect_timeout),
        wait(client.timeout)
    )];
    if !fleet.routing.decides_each_attempt() {
        says.push(answers(fleet.routing.ttl, &client.dns));
    }
    says.push(connections(client.connection.as_ref()));
    says.push(retries(&client.retry));
    if let Some(hedge) = &client.hedge {
        let after = match hedge.after {
            HedgeDelay::Fixed(after) => time(after),
            HedgeDelay::Quantile(quantile) => format!("what {} of them take", percent(quantile)),
        };
        let place = if hedge.elsewhere {
            "another"
        } else {
            "the same"
        };
        says.push(format!(
            "A first attempt that takes longer than {after} gets a second beside it, in {place} region."
        ));
    }
    says.push(
        if client.cancels_abandoned {
            "Who gives up says so, and the region drops the work."
        } else {
            "Who gives up does not say so: the region does the work for nobody."
        }
        .to_owned(),
    );
    says
}

fn answers(ttl: SimDuration, dns: &DnsSpec) -> String {
    let mut parts = vec![
        format!("Agents keep an answer for {}", time(ttl)),
        format!("a look-up takes {}", time(dns.lookup)),
    ];
    if dns.extended.as_f64() > 0.0 && dns.extended_ttl > ttl {
        let length = time(dns.extended_ttl);
        parts.push(format!("{} keep it for {length}", share(dns.extended)));
    }
    if dns.pinned.as_f64() > 0.0 {
        let share = share(dns.pinned);
        parts.push(format!("{share} keep their first answer for ever"));
    }
    parts.join("; ") + "."
}

fn connections(connection: Option<&ConnectionSpec>) -> String {
    let Some(connection) = connection else {
        return "Connections are not modeled: they cost nothing, and nobody stays with one."
            .to_owned();
    };
    let mut parts = vec![format!(
        "An agent keeps one connection, over which it sends any number of requests at once; a new one \
         costs {} round trips",
        connection.handshake_rtts
    )];
    if let Some(idle) = connection.idle_timeout {
        parts.push(format!("one that is idle for {} is closed", time(idle)));
    }
    if let Some(age) = connection.max_age {
        parts.push(format!("none is used that is older than {}", time(age)));
    }
    parts.join("; ") + "."
}

fn retries(retry: &RetrySpec) -> String {
    if retry.attempts <= 1 {
        return "A request is tried once.".to_owned();
    }
    let budget = retry.budget.map_or_else(
        || "without a budget".to_owned(),
        |budget| format!("{} retries per request at most", percent(budget.ratio)),
    );
    let place = if retry.elsewhere {
        "in another region"
    } else {
        "where the first went"
    };
    format!(
        "A request is tried up to {} times, {}, {place}, {budget}.",
        retry.attempts,
        backoff(retry.backoff)
    )
}
