//! What a request costs: whole runs, single thread, all statistics on.
//!
//! The three works are those that discrete-event engines are compared by (M/M/1 at a utilization
//! of 0.8, M/M/16 at 0.85, three regions of which one fails), and the bundled showpiece. Divide
//! by the number of requests, which the items per second do. `cargo bench --bench works`.

use std::path::PathBuf;

use divan::Bencher;
use divan::counter::ItemsCount;
use gatefleet::experiment::{Alone, Study, run};
use gatefleet::scenario::{Override, Source, read};

fn main() {
    divan::main();
}

/// The works, by name.
const WORKS: [(&str, &str); 4] = [
    ("M/M/1", include_str!("works/m_m_1.yaml")),
    ("M/M/16", include_str!("works/m_m_16.yaml")),
    ("three regions", include_str!("works/three_regions.yaml")),
    (
        "primary outage",
        include_str!("../scenarios/primary-outage.yaml"),
    ),
];

#[divan::bench(args = WORKS.map(|(name, _)| name), sample_count = 10, sample_size = 1)]
fn requests(bencher: Bencher<'_, '_>, name: &str) {
    let study = study(name);
    let once = || run(&study, Some(1), &Alone).expect("the works are stable");
    let offered = once().fleet.overall.offered;
    bencher.counter(ItemsCount::new(offered)).bench(once);
}

fn study(name: &str) -> Study {
    let (_, text) = WORKS
        .iter()
        .find(|(work, _)| *work == name)
        .expect("it is listed");
    let source = Source {
        name: name.to_owned(),
        text: (*text).to_owned(),
        folder: PathBuf::new(),
    };
    let once = Override::parse("run.replications=1").expect("a path and a value");
    read(&source, &[once]).expect("a good scenario").study
}
