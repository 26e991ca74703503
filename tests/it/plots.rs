//! The pictures of comparisons and sweeps: they are there, hold what they should, and survive odd
//! names and results.

use std::collections::BTreeMap;
use std::fs;
use std::sync::LazyLock;

use gatefleet::report::plot::{draw_comparison, draw_sweep};
use gatefleet::report::{
    ComparisonSummary, ComparisonTables, Figure, OutputFile, PointSummary, Reached, Results,
    SaturatedSummary, SweepSummary,
};

use crate::cli::Place;

/// A folder with a comparison and a sweep of the small scenario.
static PLACE: LazyLock<Place> = LazyLock::new(|| {
    let place = Place::with_small();
    let text = place.read("small.yaml") + "slo: {availability: 90%}\n";
    place.write("small.yaml", &text);
    let strategies = ["--strategies", "latency,{priority: [eastus, westeurope]}"];
    let vary = [
        "--vary",
        "regions.eastus.units=1..2",
        "--vary",
        "routing.ttl=1s,3s,30s",
    ];
    for words in [
        [&["compare", "small.yaml"], &strategies[..]].concat(),
        [&["sweep", "small.yaml"], &strategies[..], &vary].concat(),
    ] {
        assert!(place.run(&words).status.success());
    }
    place
});

fn comparison() -> ComparisonTables {
    match Results::read(&PLACE.path("results/compare-small")).unwrap() {
        Results::Comparison(tables) => tables,
        other => panic!("{other:?}"),
    }
}

fn sweep() -> SweepSummary {
    match Results::read(&PLACE.path("results/sweep-small")).unwrap() {
        Results::Sweep(summary) => summary,
        other => panic!("{other:?}"),
    }
}

/// The bytes of each picture of a folder.
fn pictures(folder: &str) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(PLACE.path(folder).join("plots")).unwrap();
    let read = |entry: fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        (name, fs::read(entry.path()).unwrap())
    };
    entries.map(|entry| read(entry.unwrap())).collect()
}

/// The texts of a picture, in order. Method: every tag is one that is drawn, and what is between
/// the tags of a text has no markup.
fn texts(svg: &[u8]) -> Vec<String> {
    let svg = std::str::from_utf8(svg).unwrap();
    assert!(svg.trim_end().ends_with("</svg>"));
    let mut texts = Vec::new();
    for part in svg.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap();
        let name = tag.split([' ', '/']).next().unwrap();
        match name {
            "text" => texts.push(text.trim().to_owned()),
            "" | "svg" | "rect" | "circle" | "polyline" | "polygon" | "line" => {}
            _ => panic!("<{tag}>"),
        }
    }
    let is_harmful = |c| matches!(c, '\u{7}' | '\u{202e}' | '\u{ffff}');
    assert!(!svg.contains(is_harmful));
    texts
}

/// Draws pictures twice; the texts of each by its path.
fn drawn(draw: impl Fn() -> Vec<OutputFile>) -> BTreeMap<&'static str, Vec<String>> {
    let files = draw();
    assert_eq!(files, draw(), "byte by byte");
    let svgs = files.iter().filter(|file| file.path.ends_with("svg"));
    svgs.map(|file| (file.path, texts(&file.bytes))).collect()
}

fn compared(tables: &ComparisonTables) -> BTreeMap<&'static str, Vec<String>> {
    drawn(|| draw_comparison(tables).unwrap())
}

fn swept(summary: &SweepSummary) -> BTreeMap<&'static str, Vec<String>> {
    drawn(|| draw_sweep(summary).unwrap())
}

fn has(texts: &[String], words: &str) -> bool {
    texts.iter().any(|text| text.contains(words))
}

#[test]
fn pictures_are_drawn_and_drawn_again_the_same() {
    PLACE.run(&["run", "small.yaml"]);
    for (folder, names) in [
        ("results/small", ["timeline.svg", "availability.png"]),
        ("results/compare-small", ["figures.svg", "differences.png"]),
        ("results/compare-small", ["timelines.svg", "timelines.png"]),
        ("results/sweep-small", ["sweep.svg", "heatmap.png"]),
    ] {
        let first = pictures(folder);
        assert!(names.iter().all(|&name| first.contains_key(name)));
        assert!(PLACE.run(&["plot", folder]).status.success());
        assert!(first == pictures(folder), "{folder}: the same bytes");
    }
}

#[test]
fn pictures_of_a_comparison_name_its_variants() {
    let pictures = compared(&comparison());
    assert_eq!(pictures.len(), 3);
    for (path, texts) in &pictures {
        assert_eq!(texts[0], "Small", "{path}");
        assert!(has(texts, "{priority: ["), "{path}: {texts:?}");
        assert!(has(texts, "5 replications, paired"), "{path}: {texts:?}");
    }
    assert!(has(&pictures["plots/differences.svg"], "better →"));
    assert!(has(&pictures["plots/timelines.svg"], "latency (baseline)"));
    assert!(has(&pictures["plots/timelines.svg"], "outage: westeurope"));
}

#[test]
fn pictures_of_a_sweep_name_its_axes_and_knees() {
    let mut summary = sweep();
    for knee in &mut summary.knees {
        let value = if knee.axis == "routing.ttl" {
            "3s"
        } else {
            "2"
        };
        (knee.meet, knee.value) = ("from".to_owned(), Some(value.to_owned()));
    }
    let pictures = swept(&summary);
    let curves = &pictures["plots/sweep.svg"];
    for words in ["regions.eastus.units", "ttl 30s", "latency", "kept from 2"] {
        assert!(has(curves, words), "{words}: {curves:?}");
    }
    let cells = &pictures["plots/heatmap.svg"];
    for words in ["regions.eastus.units", "upward: routing.ttl", "latency"] {
        assert!(has(cells, words), "{words}: {cells:?}");
    }
}

/// Names that would break a picture, or be wider than it.
fn hostile() -> [String; 3] {
    let long = "<script>alert(1)</script>\u{7}".repeat(12);
    [long, "W".repeat(300), "🚀\u{202e}אבג".repeat(40)]
}

#[test]
fn hostile_names_do_no_harm() {
    let mut tables = comparison();
    let variants = tables.summary.variants.clone();
    let names = hostile();
    tables.summary.variants = names
        .iter()
        .zip(variants.iter().cycle())
        .map(|(name, variant)| {
            let mut variant = variant.clone();
            (variant.name, variant.title) = (name.clone(), name.clone());
            variant
        })
        .collect();
    tables.summary.baseline.clone_from(&names[0]);
    for outage in &mut tables.summary.outages {
        outage.region.clone_from(&names[2]);
    }
    for row in &mut tables.timeline {
        row.variant = names[usize::from(row.variant == "latency")].clone();
    }
    assert_eq!(compared(&tables).len(), 3);
    let mut summary = sweep();
    summary.scenario.title.clone_from(&names[1]);
    summary.axes[0].path.clone_from(&names[0]);
    for (point, index) in summary.points.iter_mut().zip(0..) {
        point.strategy = names[index % 2].clone();
    }
    summary.strategies = names[..2].to_vec();
    for knee in &mut summary.knees {
        knee.strategy.clone_from(&names[1]);
    }
    assert_eq!(swept(&summary).len(), 2);
}

/// As a single replication, or one that measured nothing, would have left it.
fn without_intervals(figures: &mut [(String, Reached)], has_means: bool) {
    for (_, figure) in figures {
        figure.ci95 = None;
        figure.mean = figure.mean.filter(|_| has_means);
    }
}

#[test]
fn comparisons_that_know_little_are_drawn() {
    for has_means in [true, false] {
        let mut tables = comparison();
        tables.summary.replications = 1;
        tables.summary.complete = false;
        for variant in &mut tables.summary.variants {
            without_intervals(&mut variant.figures.0, has_means);
            for (_, difference) in &mut variant.differences.0 {
                difference.ci95 = None;
                difference.mean = difference.mean.filter(|_| has_means);
            }
        }
        for row in &mut tables.timeline {
            row.availability = row.availability.filter(|_| has_means);
            row.p99_s = row.p99_s.filter(|_| has_means);
        }
        for texts in compared(&tables).values() {
            assert!(has(texts, "INCOMPLETE"), "{texts:?}");
            assert!(
                has(texts, "1 replication, paired; no intervals"),
                "{texts:?}"
            );
        }
    }
    let mut alone = comparison();
    alone.summary.variants.truncate(1);
    alone.summary.paired = false;
    alone.timeline.truncate(1);
    let pictures = compared(&alone);
    assert_eq!(pictures.len(), 2, "there is nothing to compare with");
    assert!(has(&pictures["plots/figures.svg"], "UNPAIRED"));
}

#[test]
fn many_variants_are_drawn_up_to_a_number() {
    let mut tables = comparison();
    let ComparisonSummary { variants, .. } = &mut tables.summary;
    let other = variants[1].clone();
    variants.extend((0..60).map(|index| {
        let mut variant = other.clone();
        variant.name = format!("variant {index}");
        variant
    }));
    let pictures = compared(&tables);
    assert!(has(&pictures["plots/figures.svg"], "and 22 more"));
    assert!(has(&pictures["plots/differences.svg"], "and 21 more"));
    assert!(has(&pictures["plots/timelines.svg"], "and 55 more"));
}

fn saturate(point: &mut PointSummary) {
    point.figures.0.clear();
    point.saturated = Some(SaturatedSummary {
        region: "eastus".to_owned(),
        at_s: 3.0,
    });
}

#[test]
fn sweeps_that_know_little_are_drawn() {
    let whole = sweep();
    let mut one = whole.clone();
    one.points.truncate(1);
    one.complete = false;
    assert!(has(
        &swept(&one)["plots/sweep.svg"],
        "INCOMPLETE (interrupted), 1 point"
    ));
    let mut none = whole.clone();
    none.points.clear();
    assert_eq!(swept(&none).len(), 2);
    let mut single = whole.clone();
    for point in &mut single.points {
        point.replications = 1;
        without_intervals(&mut point.figures.0, true);
    }
    assert!(has(
        &swept(&single)["plots/sweep.svg"],
        "1 replication each; no intervals"
    ));
    let mut saturated = whole;
    saturated.points.iter_mut().for_each(saturate);
    let pictures = swept(&saturated);
    assert!(has(&pictures["plots/sweep.svg"], "saturated"));
    assert!(has(&pictures["plots/heatmap.svg"], "saturated"));
}

/// Goal: whatever varies, there is a picture of it.
#[test]
fn sweeps_of_any_shape_are_drawn() {
    let whole = sweep();
    let figure = whole.points[0].clone();
    assert_ne!(
        figure.figure(gatefleet::experiment::Metric::Availability),
        Figure::default()
    );
    let mut strategies = whole.clone();
    strategies.axes.clear();
    strategies.points.truncate(2);
    strategies
        .points
        .iter_mut()
        .for_each(|point| point.values.clear());
    strategies.knees.clear();
    let pictures = swept(&strategies);
    assert_eq!(pictures.len(), 1, "there are no two numeric axes");
    assert!(has(&pictures["plots/sweep.svg"], "strategy"));
    let mut words = whole.clone();
    for axis in &mut words.axes {
        axis.numbers = None;
    }
    assert_eq!(swept(&words).len(), 1);
    let mut wide = whole;
    let values: Vec<String> = (0..300).map(|index| format!("{index}ms")).collect();
    wide.axes[1].values.clone_from(&values);
    wide.axes[1].numbers = None;
    wide.axes.swap(0, 1);
    let point = |value: &String| PointSummary {
        values: vec![value.clone(), "1".to_owned()],
        ..figure.clone()
    };
    wide.points = values.iter().map(point).collect();
    wide.strategies.truncate(1);
    assert!(has(&swept(&wide)["plots/sweep.svg"], "and 293 more"));
}
