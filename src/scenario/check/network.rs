//! `fleet.network`, `routing.by` and the regions' `vnet`: what goes together [A: API Management
//! multi-region]. Nothing of it is simulated.

use crate::scenario::fields::Fields;
use crate::scenario::suggest::quoted;

/// Notes what does not go together; `None` if something could not be read.
pub(super) fn check(scenario: &Fields<'_>, regions: Option<&[Fields<'_>]>) -> Option<()> {
    let fleet = scenario.section("fleet");
    let routing = scenario.section("routing");
    let network = fleet.as_ref().and_then(|fleet| fleet.choice("network"));
    let network = network.map(|chosen| chosen.name);
    let by = routing.as_ref().and_then(|routing| routing.choice("by"));
    let vnets = regions?.iter().map(|region| vnet(region, network));
    let vnets: Vec<Option<()>> = vnets.collect();
    let (fleet, routing) = (fleet?, routing?);
    if network? == "internal" && by?.name == "platform" {
        let (section, key) = match routing.entry("by") {
            Some(_) => (&routing, "by"),
            None => (&fleet, "network"),
        };
        section.error(
            key,
            "the platform does not route to gateways in an `internal` network",
            "write `by: customer` in `routing`, for a router of your own",
        );
        return None;
    }
    vnets.into_iter().collect()
}

fn vnet(region: &Fields<'_>, network: Option<&str>) -> Option<()> {
    let Some(entry) = region.entry("vnet") else {
        return Some(());
    };
    let vnet = region.section("vnet")?;
    let user = quoted(region.name);
    let name = vnet.text("name");
    let place = if vnet.entry("region").is_some() {
        vnet.text("region")
    } else {
        let advice = format!("add `region: {user}`");
        vnet.error("region", "`vnet` has no `region`", advice);
        None
    };
    vnet.text("subnet");
    if network == Some("none") {
        let problem = format!("`{user}` has a VNet, but the fleet's `network` is `none`");
        let advice = "write `network: external` in `fleet`, or remove the VNet";
        region.error_at_key(entry, problem, advice);
    }
    let (name, place) = (name?, place?);
    if place != region.name {
        let (name, place) = (quoted(&name), quoted(&place));
        let problem = format!("the VNet `{name}` of `{user}` is in `{place}`");
        let advice = format!("name a VNet in `{user}`: a gateway uses one of its own region");
        vnet.error("region", problem, advice);
    }
    Some(())
}
