//! The report: it says what `summary.json` says, it needs nothing but itself, and a browser shows
//! it as it should be.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::browser;
use crate::cli::Place;

/// Names that a careless writer would choke on.
const ODD: &str = r#"title: "</script><img src=x onerror=alert(1)> </title> 'א' \u202e 🚒 LONG"
run: {warm_up: 1s, duration: 20s, window: 1s, replications: 5}
regions:
  "=cmd()": {units: 1, at: [52, 5]}
  "</script><img onerror=alert(2)>": {units: 1, at: [40, -74]}
clients:
  "../../etc": {at: [52, 4], rate: 30/s}
  "🚀 אבג \" onmouseover=alert(3) x=": {at: [40, -70], rate: 30/s}
  "NAME": {at: [0, 0], rate: 5/s}
client: {timeout: 2s}
routing: {ttl: 1s, probe: {interval: 1s, timeout: 1s, tolerated_failures: 0}}
outages: [{region: "=cmd()", at: 5s, for: 5s, mode: refuse}]
slo: {availability: 99.99%, latency: {p99: 1ms, p99_9: 10s}}
"#;

fn odd() -> Place {
    let place = Place::new();
    // A name has at most 64 characters, a title any number.
    let text = ODD.replace("LONG", &"n".repeat(300));
    place.write("odd.yaml", &text.replace("NAME", &"m".repeat(64)));
    assert_eq!(
        place
            .run(&["run", "odd.yaml", "--no-fail", "-q"])
            .status
            .code(),
        Some(0)
    );
    place
}

/// A folder with the results of five bundled scenarios, two replications each.
fn bundled() -> (Place, Vec<PathBuf>) {
    let place = Place::new();
    let root = env!("CARGO_MANIFEST_DIR");
    let names = [
        "primary-outage",
        "flash-crowd",
        "bad-config-everywhere",
        "breaker-and-pool",
        "a-year-of-outages",
    ];
    let report = |name: &str| {
        let scenario = format!("{root}/scenarios/{name}.yaml");
        let output = place.run(&["run", &scenario, "--replications", "2", "--no-fail", "-q"]);
        let last = String::from_utf8(output.stdout).unwrap();
        assert_eq!(last, format!("results/{name}/report.html\n"));
        place.path(last.trim())
    };
    let reports = names.map(report).to_vec();
    (place, reports)
}

/// A comparison and a sweep of a small scenario.
fn several(place: &Place) -> Vec<PathBuf> {
    let small = Place::with_small().read("small.yaml") + "slo: {availability: 99%}\n";
    place.write("small.yaml", &small);
    let compare = [
        "compare",
        "small.yaml",
        "--strategies",
        "latency,round_robin",
        "-q",
    ];
    let vary = [
        "--vary",
        "routing.ttl=1s,3s,30s",
        "--vary",
        "regions.eastus.units=1..2",
    ];
    let sweep = [&["sweep", "small.yaml", "-q"], &vary[..]].concat();
    let report = |words: &[&str]| {
        let output = place.run(words);
        assert!(output.status.success(), "{words:?}");
        place.path(String::from_utf8(output.stdout).unwrap().trim())
    };
    vec![report(&compare), report(&sweep)]
}

/// Every figure that a page shows: where it stands in `summary.json`, its value, and its text.
fn figures(page: &str) -> Vec<(String, f64, String)> {
    let unescaped = |text: &str| {
        let text = text.replace("&lt;", "<").replace("&gt;", ">");
        text.replace("&quot;", "\"").replace("&amp;", "&")
    };
    let parts = page.split("<data value=\"").skip(1);
    let figure = |part: &str| {
        let (value, rest) = part.split_once("\" data-at=\"").unwrap();
        let (at, rest) = rest.split_once("\">").unwrap();
        let (text, _) = rest.split_once("</data>").unwrap();
        (unescaped(at), value.parse().unwrap(), unescaped(text))
    };
    parts.map(figure).collect()
}

/// The number that a text shows, and how much it may be off by being rounded.
fn shown(text: &str) -> (f64, f64) {
    const UNITS: [&str; 8] = ["%", "points", "µs", "ms", "s", "min", "h", "d"];
    // The unit of a difference stands behind its interval.
    let mut of_interval = text.split('±').skip(1).flat_map(str::split_whitespace);
    let common = of_interval.find(|word| UNITS.contains(word)).unwrap_or("");
    let text = text.replace(['+', '✓', '✗'], "");
    // What is said beside a figure is not the figure.
    let text = text.split([',', '±', '(']).next().unwrap();
    let words: Vec<&str> = text.split_whitespace().collect();
    let number = |word: &str| word.parse::<f64>().ok();
    let mut groups: Vec<(String, &str)> = Vec::new();
    for word in &words {
        match (number(word), groups.last_mut()) {
            // Thousands are kept apart by a space.
            (Some(_), Some((digits, ""))) if word.len() == 3 && !digits.contains('.') => {
                *digits += word;
            }
            (Some(_), _) => groups.push(((*word).to_owned(), "")),
            (None, Some((_, unit))) if unit.is_empty() => *unit = word,
            (None, _) => {}
        }
    }
    let (mut value, mut step): (f64, f64) = (0.0, 0.0);
    for (digits, unit) in &groups {
        let unit = if unit.is_empty() { &common } else { unit };
        let scale = match *unit {
            "%" | "points" => 0.01,
            "µs" => 1e-6,
            "ms" => 1e-3,
            "min" => 60.0,
            "h" => 3_600.0,
            "d" => 86_400.0,
            _ => 1.0,
        };
        let decimals = digits
            .split_once('.')
            .map_or(0, |(_, decimals)| decimals.len());
        let places = i32::try_from(decimals).unwrap();
        value += digits.parse::<f64>().unwrap().abs() * scale;
        step = scale * 10_f64.powi(-places);
        // Three digits are kept of a time.
        if decimals > 0 || ["µs", "ms", "s"].contains(unit) {
            step = step.max(value.abs() * 0.005);
        }
    }
    (value, step)
}

/// Goal: the report has no number of its own. Method: each says where it stands in `summary.json`.
fn check_figures(report: &PathBuf) {
    let page = fs::read_to_string(report).unwrap();
    let summary = fs::read(report.with_file_name("summary.json")).unwrap();
    let summary: Value = serde_json::from_slice(&summary).unwrap();
    let figures = figures(&page);
    assert!(figures.len() > 10, "{}", report.display());
    for (at, value, text) in figures {
        let found = summary
            .pointer(&at)
            .unwrap_or_else(|| panic!("{at} is not in summary.json"));
        assert_eq!(found.as_f64(), Some(value), "{at}");
        if ["at once", "not reached"].contains(&text.as_str())
            || text.contains("times")
            || text.ends_with("of")
        {
            continue;
        }
        let (number, step) = shown(&text);
        assert!(
            (number - value.abs()).abs() <= step * 0.51 + 1e-9,
            "{at}: {value} as `{text}` ({number})"
        );
    }
}

#[test]
fn every_figure_is_that_of_the_summary() {
    let (place, reports) = bundled();
    for report in reports
        .iter()
        .chain(&several(&place))
        .chain(&[odd().path("results/odd/report.html")])
    {
        if report.exists() {
            check_figures(report);
        }
    }
    check_lines(&reports[0]);
    let length = fs::metadata(&reports[0]).unwrap().len();
    assert!(length < 1_500_000, "{length} bytes for thirty minutes");
}

/// Goal: lines are what the table says. Method: the values that a script reads.
fn check_lines(report: &PathBuf) {
    let page = fs::read_to_string(report).unwrap();
    let timeline = fs::read_to_string(report.with_file_name("timeline.csv")).unwrap();
    let mut table = csv::Reader::from_reader(timeline.as_bytes());
    let heads = table.headers().unwrap().clone();
    let column = |name: &str| heads.iter().position(|head| head == name).unwrap();
    let (scope, availability) = (column("scope"), column("availability"));
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    let fleet = rows.iter().filter(|row| &row[scope] == "fleet");
    let expected: Vec<f64> = fleet
        .map(|row| row[availability].parse().unwrap())
        .collect();
    let part = page
        .split("<script class=\"series\" type=\"application/json\">")
        .nth(1)
        .unwrap();
    let series: Value = serde_json::from_str(part.split_once("</script>").unwrap().0).unwrap();
    let mut series = series.as_array().unwrap().iter();
    let all = series.find(|one| one["name"] == "all clients").unwrap();
    let values = all["values"].as_array().unwrap();
    assert_eq!(values.len(), expected.len());
    for (value, expected) in values.iter().zip(expected) {
        assert!((value.as_f64().unwrap() - expected).abs() < 1e-5);
    }
}

/// Goal: what stands behind, and what comes by chance, is in the report. Method: panels, tables and
/// sentences of two bundled scenarios, and none of them where there is nothing to tell.
#[test]
fn back_ends_and_chance_are_told() {
    let (_place, reports) = bundled();
    let page = |index: usize| fs::read_to_string(&reports[index]).unwrap();
    let (plain, pool, year) = (page(0), page(3), page(4));
    let behind = [
        "What stands behind",
        "Calls per second, by back end and site",
        "Breakers that are not closed, by region",
        "data-at=\"/backends/catalog@francecentral/calls\"",
        "stops calling a site for 60 s after 5 failures within 10 s",
    ];
    let by_chance = [
        "How bad months get",
        "Workers by region",
        "data-at=\"/outages_by_chance/3/strikes\"",
        "data-at=\"/months/minutes_lost_at/p99\"",
        "westeurope (blackhole) fails every 120 d on average, for 1 h 10 min 46 s on average",
    ];
    for text in behind {
        assert!(pool.contains(text), "{text}");
        assert!(!plain.contains(text) && !year.contains(text), "{text}");
    }
    for text in by_chance {
        assert!(year.contains(text), "{text}");
        assert!(!plain.contains(text) && !pool.contains(text), "{text}");
    }
}

/// Goal: when alerts would have paged is told where an availability is promised, of each scripted
/// outage, and where it is not told the page says why.
#[test]
fn pages_are_told() {
    let (_place, reports) = bundled();
    let page = |index: usize| fs::read_to_string(&reports[index]).unwrap();
    let plain = page(0);
    assert!(plain.contains("When alerts would have paged"));
    for figure in [
        "time_to_page_s/mean",
        "time_to_page_14_4x_s/mean",
        "burn_rate_1h_max/mean",
        "error_budget_30d_spent/mean",
    ] {
        let at = format!("data-at=\"/outages/0/{figure}\"");
        assert!(plain.contains(&at), "{figure}");
    }
    let story = plain.split("id=\"timeline\"").next().unwrap();
    assert!(story.contains("<b>Paged</b>: the first of the usual alerts on the burn rate fires, "));
    let place = Place::with_small();
    assert!(place.run(&["run", "small.yaml", "-q"]).status.success());
    let without = place.read("results/small/report.html");
    assert!(!without.contains("When alerts") && !without.contains("Paged"));
}

#[test]
fn odd_names_are_text() {
    let place = odd();
    let page = place.read("results/odd/report.html");
    assert!(!page.contains("<img"), "markup of a name");
    assert!(
        !page.contains('\u{202e}'),
        "a character that turns the direction of writing"
    );
    for text in [
        "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;",
        "../../etc",
        "=cmd()",
        "🚀 אבג",
        &"n".repeat(300),
    ] {
        assert!(page.contains(text), "{text}");
    }
    // Attributes end where they should: what a name adds to one stays in it.
    let without_json = page.replace("\\\"", "");
    assert!(!without_json.contains("\" onmouseover"));
    // Its own two kinds of script, and nothing that a name began or ended.
    let begun = page.matches("<script").count();
    assert_eq!(begun, page.matches("</script>").count());
    let own = page.matches("<script>").count();
    let data = page.matches("type=\"application/json\">").count();
    assert_eq!((own, begun), (1, 1 + data));
    let csv = place.read("results/odd/flows.csv");
    assert!(csv.contains("'=cmd()") && !csv.contains(",=cmd()"), "{csv}");
    assert!(!place.path("etc").exists());
}

#[test]
fn a_report_asks_for_nothing_else() {
    let place = Place::with_small();
    assert!(place.run(&["run", "small.yaml", "-q"]).status.success());
    let page = place.read("results/small/report.html");
    assert!(page.contains("default-src 'none'"));
    for (attribute, allowed) in [("href=\"", "#"), ("src=\"", "data:"), ("url(", "#")] {
        for part in page.split(attribute).skip(1) {
            assert!(part.starts_with(allowed), "{attribute}{}", &part[..40]);
        }
    }
    assert!(!page.contains("@import") && !page.contains("fetch(") && !page.contains("<link"));
}

/// Goal: without scripts everything is there. Method: pictures, words and the command are markup.
#[test]
fn a_report_is_written_again_from_its_folder() {
    let place = Place::with_small();
    for words in [
        &["run", "small.yaml", "-q"][..],
        &[
            "compare",
            "small.yaml",
            "--strategies",
            "latency,round_robin",
            "-q",
        ],
        &["sweep", "small.yaml", "--vary", "routing.ttl=1s,3s", "-q"],
    ] {
        let output = place.run(words);
        assert!(output.status.success(), "{words:?}");
        let path = String::from_utf8(output.stdout).unwrap().trim().to_owned();
        let first = place.read(&path);
        fs::write(place.path(&path), "lost").unwrap();
        let folder = path.strip_suffix("/report.html").unwrap();
        let output = place.run(&["plot", folder]);
        assert!(output.status.success());
        let told = String::from_utf8(output.stdout).unwrap();
        assert_eq!(told.lines().last(), Some(path.as_str()));
        assert!(place.read(&path) == first, "{path} byte by byte");
        assert!(first.contains(&format!("gatefleet {}", words.join(" "))));
        assert!(
            first.matches("<path").count() > 5 && first.contains("Agents keep an answer for 2 s")
        );
    }
}

#[test]
fn without_plots_there_is_no_report() {
    let place = Place::with_small();
    let output = place.run(&["run", "small.yaml", "-q", "--no-plots"]);
    assert_eq!(output.stdout, b"results/small\n");
    assert!(!place.path("results/small/report.html").exists());
}

/// Goal: results of before there was a report are drawn all the same, as far as they tell.
#[test]
fn earlier_results_have_a_report_without_a_map() {
    let place = Place::with_small();
    assert!(place.run(&["run", "small.yaml", "-q"]).status.success());
    assert!(
        place
            .read("results/small/report.html")
            .contains("Who went where")
    );
    fs::remove_file(place.path("results/small/flows.csv")).unwrap();
    let mut run: Value = serde_json::from_str(&place.read("results/small/run.json")).unwrap();
    run.as_object_mut().unwrap().remove("scenes");
    place.write("results/small/run.json", &run.to_string());
    assert!(place.run(&["plot", "results/small"]).status.success());
    let page = place.read("results/small/report.html");
    assert!(!page.contains("Who went where") && page.contains("What happened"));
}

#[test]
fn a_browser_shows_every_report() {
    let Some(browser) = browser::find() else {
        return;
    };
    let (place, mut reports) = bundled();
    reports.extend(several(&place));
    let odd = odd();
    reports.push(odd.path("results/odd/report.html"));
    for report in &reports {
        let is_sweep = report.display().to_string().contains("sweep-");
        for (width, is_dark) in [(1_400, false), (1_400, true), (390, false)] {
            let found = browser::look(browser, report, (width, is_dark));
            let place = format!("{} at {width}, dark: {is_dark}: {found}", report.display());
            assert_eq!(found["problems"], Value::Array(Vec::new()), "{place}");
            assert_eq!(found["requests"], Value::Array(Vec::new()), "{place}");
            assert_eq!(found["images"], 0, "{place}");
            assert_eq!(found["width"], width, "{place}");
            assert!(found["figures"].as_u64().unwrap() >= 2, "{place}");
            assert!(found["tellers"].as_u64().unwrap() > 5, "{place}");
            assert!(
                is_sweep || found["toggled"].as_u64().unwrap() >= 2,
                "{place}"
            );
            assert_eq!(found["zoomed"], i32::from(!is_sweep), "{place}");
            assert_eq!(
                found["paper"][0].as_u64().unwrap() < 100,
                is_dark,
                "{place}"
            );
        }
    }
}

/// Goal: whoever went somewhere is on the map. Method: attempts of all populations and phases add
/// up to those that the summary tells of each region.
#[test]
fn flows_add_up_to_the_attempts_of_regions() {
    let place = Place::with_small();
    assert!(
        place
            .run(&["run", "small.yaml", "-q", "--no-plots"])
            .status
            .success()
    );
    let summary: Value = serde_json::from_str(&place.read("results/small/summary.json")).unwrap();
    let flows = place.read("results/small/flows.csv");
    let mut table = csv::Reader::from_reader(flows.as_bytes());
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    let phases = ["before", "during", "after"];
    assert!(
        phases
            .iter()
            .all(|phase| rows.iter().any(|row| row[0] == **phase))
    );
    for (region, figures) in summary["regions"].as_object().unwrap() {
        let own = rows.iter().filter(|row| row[2] == **region);
        let sum: u64 = own.map(|row| row[3].parse::<u64>().unwrap()).sum();
        assert_eq!(Some(sum), figures["attempts"].as_u64(), "{region}");
        assert!(sum > 0, "{region}");
    }
}
