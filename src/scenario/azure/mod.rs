//! Where the Azure regions are, and how long a round trip between them takes.
//!
//! Two tables are compiled in: the regions with approximate coordinates, and the median round
//! trips between them as measured and published by Microsoft (see [`SOURCE`]). Where the table
//! has no row, the lower of two lines fitted to it stands in: 20.4 ms + 0.0146 ms per km of great
//! circle, from all pairs (R² = 0.81), and 5.2 ms + 0.0182 ms per km, from those below 1 000 km
//! (R² = 0.71), where the first is 13 ms too long on average. The fit is between data centers and
//! should not be read as the speed of light: paths are not straight.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::units::SimDuration;

/// Where the table of round trips comes from.
pub const SOURCE: &str =
    "Microsoft, Azure network round-trip latency statistics, 30 days to 30 July 2026, CC-BY-4.0";

/// The round trip from a place to the region in the same place. The table has no such rows;
/// an assumption, of the order of what is measured between zones of a region.
pub const IN_REGION_RTT: SimDuration = SimDuration::from_millis(1);

/// The mean radius of the Earth in km (IUGG).
const EARTH_RADIUS_KM: f64 = 6_371.0;

/// A place on Earth: latitude and longitude in degrees.
pub type Coordinates = [f64; 2];

/// An Azure region.
#[derive(Clone, Debug, PartialEq)]
pub struct AzureRegion {
    /// The name that a scenario uses.
    pub name: String,
    /// The name for people.
    pub display_name: String,
    /// Where it roughly is, if that is published.
    pub coordinates: Option<Coordinates>,
    /// The city or state.
    pub location: String,
    /// Whether it has availability zones.
    pub has_zones: bool,
}

static REGIONS: LazyLock<Vec<AzureRegion>> = LazyLock::new(|| {
    let rows = rows(include_str!("regions.csv"));
    rows.iter().map(|row| region(row)).collect()
});

static RTTS: LazyLock<BTreeMap<(String, String), f64>> = LazyLock::new(|| {
    let pair = |row: Vec<String>| {
        let ms = row[2].parse().expect("the third column is a number");
        let [from, to, ..] = <[String; 4]>::try_from(row).expect("the table has four columns");
        ((from, to), ms)
    };
    rows(include_str!("rtt_ms.csv"))
        .into_iter()
        .map(pair)
        .collect()
});

/// All regions, by name.
pub fn regions() -> &'static [AzureRegion] {
    &REGIONS
}

/// The region of this name.
pub fn find(name: &str) -> Option<&'static AzureRegion> {
    REGIONS.iter().find(|region| region.name == name)
}

/// The median round trip from a client in the region `from` to the region `to`: from the table,
/// in the other direction if it has no row in this one, else fitted to the distance. `None` if
/// one of them is unknown, or is in neither the table nor on the map.
pub fn rtt(from: &str, to: &str) -> Option<SimDuration> {
    if from == to {
        return find(from).map(|_| IN_REGION_RTT);
    }
    let row = |from: &str, to: &str| RTTS.get(&(from.to_owned(), to.to_owned()));
    if let Some(ms) = row(from, to).or_else(|| row(to, from)) {
        return Some(SimDuration::from_secs_f64(ms / 1e3));
    }
    Some(fitted_rtt(find(from)?.coordinates?, find(to)?.coordinates?))
}

/// The round trip that the fit gives for two places.
pub fn fitted_rtt(from: Coordinates, to: Coordinates) -> SimDuration {
    let km = distance_km(from, to);
    let (long, short) = (20.4 + 0.0146 * km, 5.2 + 0.0182 * km);
    SimDuration::from_secs_f64(long.min(short) / 1e3)
}

/// The great-circle distance in km (haversine formula, on a sphere).
pub fn distance_km(from: Coordinates, to: Coordinates) -> f64 {
    let [from_latitude, from_longitude] = from.map(f64::to_radians);
    let [to_latitude, to_longitude] = to.map(f64::to_radians);
    let haversine = |angle: f64| (angle / 2.0).sin().powi(2);
    let chord = haversine(to_latitude - from_latitude)
        + from_latitude.cos() * to_latitude.cos() * haversine(to_longitude - from_longitude);
    2.0 * EARTH_RADIUS_KM * chord.min(1.0).sqrt().asin()
}

fn rows(csv: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let row = |record: csv::Result<csv::StringRecord>| {
        let record = record.expect("a test reads every row");
        record.iter().map(str::to_owned).collect()
    };
    reader.records().map(row).collect()
}

/// Columns: name, display name, latitude, longitude, location, geography, zones, paired region.
fn region(row: &[String]) -> AzureRegion {
    let degrees = |text: &String| text.parse().ok();
    AzureRegion {
        name: row[0].clone(),
        display_name: row[1].clone(),
        coordinates: degrees(&row[2])
            .zip(degrees(&row[3]))
            .map(|(latitude, longitude)| [latitude, longitude]),
        location: row[4].clone(),
        has_zones: row[6] == "yes",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_whole() {
        assert_eq!(regions().len(), 57);
        assert_eq!(RTTS.len(), 2_862);
        assert!(RTTS.values().all(|&ms| ms > 0.0));
    }

    #[test]
    fn a_round_trip_is_the_tables() {
        let ms = |from, to| rtt(from, to).map(|length| length.as_secs_f64() * 1e3);
        assert_eq!(
            ms("westeurope", "northeurope"),
            RTTS.get(&("westeurope".to_owned(), "northeurope".to_owned()))
                .copied()
        );
        assert_eq!(ms("eastus", "eastus"), Some(1.0));
        assert_eq!(ms("eastus", "atlantis"), None);
        assert_eq!(ms("atlantis", "atlantis"), None);
    }

    #[test]
    fn a_region_without_rows_is_placed_by_the_fit() {
        let brazil = find("brazilsoutheast")
            .and_then(|region| region.coordinates)
            .expect("is on the map");
        let virginia = find("eastus")
            .and_then(|region| region.coordinates)
            .expect("is on the map");
        assert_eq!(
            rtt("brazilsoutheast", "eastus"),
            Some(fitted_rtt(brazil, virginia))
        );
    }

    /// Goal: short ways are not all taken to be 20 ms long. Method: the fit against the table.
    #[test]
    fn the_fit_is_good_for_short_ways_too() {
        let mut errors_ms = Vec::new();
        for (from, to) in RTTS.keys() {
            let place = |name: &str| find(name).and_then(|region| region.coordinates);
            if let Some((from_place, to_place)) = place(from).zip(place(to))
                && distance_km(from_place, to_place) < 1_500.0
            {
                let measured = rtt(from, to).expect("a row").as_secs_f64();
                let fitted = fitted_rtt(from_place, to_place).as_secs_f64();
                errors_ms.push((measured - fitted).abs() * 1e3);
            }
        }
        assert!(errors_ms.len() > 300, "{} pairs", errors_ms.len());
        let mean = errors_ms.iter().sum::<f64>() / errors_ms.len() as f64;
        assert!(mean < 3.0, "{mean} ms off on average");
    }

    #[test]
    fn distances_are_great_circles() {
        // A quarter of the equator: 6371 km * pi / 2.
        assert!((distance_km([0.0, 0.0], [0.0, 90.0]) - 10_007.543).abs() < 0.01);
        assert!((distance_km([90.0, 0.0], [-90.0, 0.0]) - 20_015.087).abs() < 0.01);
        assert!(distance_km([52.0, 4.0], [52.0, 4.0]).abs() < 1e-9);
    }
}
