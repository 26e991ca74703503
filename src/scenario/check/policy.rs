//! What clients do by themselves: the keys that `client` holds for all and a population may override.

use crate::model::{Cause, ClientSpec, ConnectionSpec, DnsSpec, HedgeSpec, RetryBudget, RetrySpec};
use crate::scenario::fields::{Chosen, Fields, Found, Limit};
use crate::scenario::tree::Value;
use crate::units::{Rate, Ratio};

/// What `client` says, and a population may override.
pub(super) fn read(section: &Fields<'_>, client: &Fields<'_>) -> Option<ClientSpec> {
    let timeout = section.duration_limit("timeout");
    let connect_timeout = section.duration_limit("connect_timeout");
    let shared = client.section("dns");
    let own = section.section("dns");
    let dns = own.zip(shared).and_then(|(own, shared)| dns(own, &shared));
    let shared = client.section("retry");
    let own = section.section("retry");
    let retry = own
        .zip(shared)
        .and_then(|(own, shared)| retry(&own.over(&shared)));
    let connection = section.read_or_none(client, "connection", connection_of);
    let hedge = section.read_or_none(client, "hedge", hedge_of);
    let cancels = section.choice("cancel_abandoned");
    Some(ClientSpec {
        timeout: timeout?.into(),
        connect_timeout: connect_timeout?.into(),
        connection: connection?.into(),
        dns: dns?,
        retry: retry?,
        hedge: hedge?.into(),
        cancels_abandoned: is_yes(cancels?),
    })
}

fn connection_of(section: &Fields<'_>) -> Option<ConnectionSpec> {
    let handshake_rtts = section.whole("handshake_rtts");
    let idle_timeout = section.duration_limit("idle_timeout");
    let max_age = section.duration_limit("max_age");
    Some(ConnectionSpec {
        handshake_rtts: handshake_rtts?,
        idle_timeout: idle_timeout?.into(),
        max_age: max_age?.into(),
    })
}

fn hedge_of(section: &Fields<'_>) -> Option<HedgeSpec> {
    let after = section.hedge_delay("after");
    let elsewhere = section.choice("elsewhere");
    Some(HedgeSpec {
        after: after?,
        elsewhere: is_yes(elsewhere?),
    })
}

fn is_yes(chosen: Chosen<'_>) -> bool {
    chosen.name == "true"
}

fn dns(own: Fields<'_>, shared: &Fields<'_>) -> Option<DnsSpec> {
    let extended = own.section("extend_ttl").zip(shared.section("extend_ttl"));
    let is_extended = [&own, shared]
        .iter()
        .any(|fields| fields.entry("extend_ttl").is_some());
    let section = own.over(shared);
    let (lookup, pin) = (section.duration("lookup"), section.ratio("pin"));
    let (own, shared) = extended?;
    let extended = own.over(&shared);
    let (share, to) = (extended.ratio("share"), extended.duration("to"));
    let share = if is_extended { share? } else { Ratio::ZERO };
    Some(DnsSpec {
        lookup: lookup?,
        extended: share,
        extended_ttl: to?,
        pinned: pin?,
    })
}

fn retry(section: &Fields<'_>) -> Option<RetrySpec> {
    let attempts = section.whole("attempts");
    let backoff = section.backoff("backoff");
    let budget = budget(section);
    let elsewhere = section.choice("elsewhere");
    let on = section.words("on");
    let honors_retry_after = section.choice("honor_retry_after");
    let deadline = section.duration_limit("deadline");
    let on = on?;
    let is_named = |cause: &Cause| on.contains(&cause.name());
    Some(RetrySpec {
        attempts: attempts?,
        backoff: backoff?,
        budget: budget?.into(),
        elsewhere: is_yes(elsewhere?),
        on: Cause::ALL.into_iter().filter(is_named).collect(),
        honors_retry_after: is_yes(honors_retry_after?),
        deadline: deadline?.into(),
    })
}

/// `none`, a share of the requests, or a map with more to say.
fn budget(section: &Fields<'_>) -> Option<Limit<RetryBudget>> {
    if let Found::Written(node) = section.find("budget")?
        && matches!(node.value, Value::Map(_))
    {
        let budget = section.section_in("budget", node)?;
        let (ratio, floor) = (budget.ratio("ratio"), budget.rate("floor"));
        return Some(Limit::At(RetryBudget {
            ratio: ratio?.as_f64(),
            floor: floor?,
        }));
    }
    Some(match section.ratio_limit("budget")? {
        Limit::None => Limit::None,
        Limit::At(ratio) => Limit::At(RetryBudget {
            ratio: ratio.as_f64(),
            floor: Rate::default(),
        }),
    })
}
