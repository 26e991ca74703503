//! Who went where: a map of the world for each phase, with regions, populations and the flows
//! between them.

use maud::{Markup, html};

use crate::report::html::coast::{self, LATITUDES};
use crate::report::html::{palette, told};
use crate::report::printable::printable;
use crate::report::{FlowRow, Scene, Site, Tables};

/// So large is the circle of a region that takes all attempts.
const RADIUS: f64 = 13.0;
/// So wide is the flow of all attempts.
const WIDTH: f64 = 16.0;
/// A guess of the width of a letter of a label.
const LETTER: f64 = 4.9;

/// A place on the map, in degrees: the longitude, and the negative latitude.
type Place = (f64, f64);

/// The maps; nothing if nobody sent anything, or nothing has a place.
pub(super) fn draw(tables: &Tables, scene: &Scene) -> Option<Markup> {
    let is_placed = |sites: &[Site]| sites.iter().any(|site| site.at.is_some());
    if tables.flows.is_empty() || !is_placed(&scene.regions) {
        return None;
    }
    let phases = tables
        .summary
        .phases
        .iter()
        .filter(|(_, phase)| phase.offered > 0);
    let phases: Vec<&str> = phases.map(|(name, _)| name).collect();
    let heads = |name: &str| match phases.as_slice() {
        [_] => "The whole period".to_owned(),
        _ => format!("{}{} the outages", name[..1].to_uppercase(), &name[1..]),
    };
    let lost = unplaced(scene);
    Some(html! {
        figure.maps {
            svg.defs aria-hidden="true" width="0" height="0" {
                defs { path id="coast" d=(coast::path()) {} }
            }
            div.several {
                @for phase in &phases { (map(tables, scene, (phase, &heads(phase)))) }
                p.hint.note {
                    "A circle is a region, the larger the more attempts went there. A diamond is a population, "
                    "and lines are its attempts, in the color of where they went; they are as wide as there are many. "
                    "A dashed red ring marks a region that an outage hit."
                }
            }
            @if !lost.is_empty() {
                p.hint { "Without coordinates, and so not on the map: " (lost.join(", ")) "." }
            }
        }
    })
}

/// One map.
fn map(tables: &Tables, scene: &Scene, (phase, head): (&str, &str)) -> Markup {
    let flows: Vec<&FlowRow> = tables
        .flows
        .iter()
        .filter(|flow| flow.phase == phase)
        .collect();
    let total: u64 = flows.iter().map(|flow| flow.attempts).sum();
    let share = |count: u64| count as f64 / total.max(1) as f64;
    let regions = places(&scene.regions);
    let clients: Vec<Option<Place>> = places(&scene.clients)
        .into_iter()
        .map(|place| place.map(|place| beside(place, &regions)))
        .collect();
    let taken = |name: &str| -> u64 {
        let own = flows.iter().filter(|flow| flow.region == name);
        own.map(|flow| flow.attempts).sum()
    };
    let is_hit = |name: &str| {
        let mut outages = tables.summary.outages.iter();
        phase == "during" && outages.any(|outage| outage.region == name)
    };
    let [left, top, width, height] = view(&regions, &clients);
    html! {
        div.map {
            h4 { (head) }
            svg viewBox=(format!("{left:.1} {top:.1} {width:.1} {height:.1}")) role="img"
                aria-label=(described(&flows, total, head)) {
                rect.sea x=(format!("{left:.1}")) y=(format!("{top:.1}")) width=(format!("{width:.1}")) height=(format!("{height:.1}")) {}
                use.coast href="#coast" {}
                @for flow in &flows { (self::flow(flow, scene, ((&clients, &regions), share(flow.attempts)))) }
                @for (site, place) in scene.clients.iter().zip(&clients) {
                    @if let Some((x, y)) = place {
                        path.client d=(format!("M{x:.1} {:.1}l2.4 2.4l-2.4 2.4l-2.4 -2.4z", y - 2.4))
                            data-tip=(format!("population {}", printable(&site.name))) {}
                    }
                }
                @for (index, (site, place)) in scene.regions.iter().zip(&regions).enumerate() {
                    @if let Some((x, y)) = place {
                        @let part = share(taken(&site.name));
                        @if is_hit(&site.name) {
                            circle.hit cx=(x) cy=(y) r=(format!("{:.1}", radius(part) + 3.0)) {}
                        }
                        circle.region cx=(x) cy=(y) r=(format!("{:.1}", radius(part)))
                            style=(palette::series(index)) data-key=(format!("region-{index}"))
                            data-tip=(format!("{}: {:.1} % of the attempts", printable(&site.name), part * 100.0)) {}
                    }
                }
                (labels(scene, &regions, [left, top, width, height]))
            }
        }
    }
}

/// What of the world is shown: all of it, or less where everybody is close together.
fn view(regions: &[Option<Place>], clients: &[Option<Place>]) -> [f64; 4] {
    const MARGIN: f64 = 26.0;
    let [south, north] = LATITUDES.map(f64::from);
    let places = || regions.iter().chain(clients).flatten();
    let fold = |pick: fn(&Place) -> f64, least: f64, most: f64| {
        let low = places().map(pick).fold(f64::INFINITY, f64::min) - MARGIN;
        let high = places().map(pick).fold(f64::NEG_INFINITY, f64::max) + MARGIN;
        (low.max(least), high.min(most))
    };
    let (left, right) = fold(|place| place.0, -180.0, 180.0);
    let (top, bottom) = fold(|place| place.1, -north, -south);
    // As wide as it is high times a number, so that maps of different fleets are of one shape.
    let shape = 360.0 / (north - south);
    let width = (right - left)
        .max((bottom - top) * shape)
        .clamp(120.0, 360.0);
    let height = width / shape;
    let middle = |low: f64, high: f64, size: f64, least: f64, most: f64| {
        (f64::midpoint(low, high) - size / 2.0).clamp(least, most - size)
    };
    [
        middle(left, right, width, -180.0, 180.0),
        middle(top, bottom, height, -north, -south),
        width,
        height,
    ]
}

fn radius(share: f64) -> f64 {
    (RADIUS * share.sqrt()).max(2.0)
}

/// Where populations and regions are.
type Ends<'p> = (&'p [Option<Place>], &'p [Option<Place>]);

/// A line from a population to a region, bent so that lines there and back do not coincide.
fn flow(flow: &FlowRow, scene: &Scene, ((clients, regions), share): (Ends<'_>, f64)) -> Markup {
    let find = |sites: &[Site], name: &str| sites.iter().position(|site| site.name == name);
    let from = find(&scene.clients, &flow.population);
    let to = find(&scene.regions, &flow.region);
    let ends = from
        .zip(to)
        .and_then(|(from, to)| Some((clients[from]?, regions[to]?, to)));
    html! {
        @if let Some(((x0, y0), (x1, y1), region)) = ends {
            @let (bend_x, bend_y) = (f64::midpoint(x0, x1) - (y1 - y0) * 0.16, f64::midpoint(y0, y1) + (x1 - x0) * 0.16 * bend(x0, x1));
            path.flow d=(format!("M{x0:.1} {y0:.1}Q{bend_x:.1} {bend_y:.1} {x1:.1} {y1:.1}"))
                style=(format!("{};stroke-width:{:.2}", palette::series(region), (WIDTH * share).max(0.35)))
                data-key=(format!("region-{region}"))
                data-tip=(format!("{} to {}: {:.2} % of the attempts", printable(&flow.population), printable(&flow.region), share * 100.0)) {}
        }
    }
}

/// Lines bend to the north, as great circles of the northern half do.
fn bend(x0: f64, x1: f64) -> f64 {
    if x1 > x0 { -1.0 } else { 1.0 }
}

fn places(sites: &[Site]) -> Vec<Option<Place>> {
    let place = |site: &Site| site.at.map(|[latitude, longitude]| (longitude, -latitude));
    sites.iter().map(place).collect()
}

/// A population that lives where a region is stands a little beside it.
fn beside((x, y): Place, regions: &[Option<Place>]) -> Place {
    let is_close = |&(rx, ry): &Place| (rx - x).abs() < 4.0 && (ry - y).abs() < 4.0;
    if regions.iter().flatten().any(is_close) {
        (x - 9.0, y + 7.0)
    } else {
        (x, y)
    }
}

/// The names of regions, where there is room for them.
fn labels(scene: &Scene, places: &[Option<Place>], view: [f64; 4]) -> Markup {
    let [west, north, span, height] = view;
    let mut taken: Vec<[f64; 4]> = places
        .iter()
        .flatten()
        .map(|(x, y)| [x - 4.0, y - 4.0, x + 4.0, y + 4.0])
        .collect();
    let mut found = Vec::new();
    for (site, place) in scene.regions.iter().zip(places) {
        let Some((x, y)) = *place else { continue };
        let text: String = printable(&site.name).chars().take(24).collect();
        let width = text.chars().count() as f64 * LETTER;
        // Beside it, above, below, and at the corners; by the end of the text that is closest.
        let spots = [
            ("start", x + 6.0, y + 3.0),
            ("end", x - 6.0, y + 3.0),
            ("middle", x, y - 8.0),
            ("middle", x, y + 14.0),
            ("start", x + 6.0, y - 6.0),
            ("start", x + 6.0, y + 12.0),
            ("end", x - 6.0, y - 6.0),
            ("end", x - 6.0, y + 12.0),
        ];
        let area = |&(anchor, at, base): &(&str, f64, f64)| {
            let left = match anchor {
                "start" => at,
                "end" => at - width,
                _ => at - width / 2.0,
            };
            [left, base - 8.0, left + width, base + 2.0]
        };
        let is_free = |spot: &&(&str, f64, f64)| {
            let [left, top, right, bottom] = area(spot);
            let is_inside =
                left > west && right < west + span && top > north && bottom < north + height;
            let meets = |other: &[f64; 4]| {
                left < other[2] && other[0] < right && top < other[3] && other[1] < bottom
            };
            is_inside && !taken.iter().any(meets)
        };
        if let Some(spot) = spots.iter().find(is_free) {
            taken.push(area(spot));
            found.push((text, *spot));
        }
    }
    html! {
        @for (text, (anchor, x, y)) in &found {
            text.place text-anchor=(anchor) x=(format!("{x:.1}")) y=(format!("{y:.1}")) { (text) }
        }
    }
}

/// What has no place.
fn unplaced(scene: &Scene) -> Vec<String> {
    let sites = scene.regions.iter().chain(&scene.clients);
    let lost = sites.filter(|site| site.at.is_none());
    lost.map(|site| printable(&site.name)).collect()
}

/// The largest flows, for those who do not see the map.
fn described(flows: &[&FlowRow], total: u64, head: &str) -> String {
    let mut largest: Vec<&&FlowRow> = flows.iter().collect();
    largest.sort_by_key(|flow| std::cmp::Reverse(flow.attempts));
    let told = largest.iter().take(5).map(|flow| {
        let share = flow.attempts as f64 / total.max(1) as f64 * 100.0;
        format!(
            "{} to {} {share:.0} %",
            printable(&flow.population),
            printable(&flow.region)
        )
    });
    format!("{head}: {}.", told.collect::<Vec<_>>().join(", "))
}

/// Where everybody went, as a table.
pub(super) fn table(tables: &Tables) -> Markup {
    let phases: Vec<&str> = tables.summary.phases.names();
    let of = |phase: &str, population: &str, region: &str| {
        let mut flows = tables.flows.iter();
        flows
            .find(|f| f.phase == phase && f.population == population && f.region == region)
            .map_or(0, |flow| flow.attempts)
    };
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for flow in &tables.flows {
        let pair = (flow.population.as_str(), flow.region.as_str());
        if !pairs.contains(&pair) {
            pairs.push(pair);
        }
    }
    html! {
        details { summary { "Attempts by population and region" }
            div.scroll { table {
                thead { tr { th { "from" } th { "to" } @for phase in &phases { th.n { (phase) } } } }
                tbody { @for (population, region) in pairs { tr {
                    th scope="row" { (told::name(population)) } td { (told::name(region)) }
                    @for phase in &phases {
                        td.n { (crate::report::format::grouped(of(phase, population, region))) }
                    }
                } } }
            } }
        }
    }
}
