//! Theory and simulation side by side: every closed form in one list, run by `cargo test` in short and
//! for `docs/validation.md` at length.
//!
//! What is asked of a figure in a test: its 95 % interval holds the theory, and is no wider than 5 % of
//! it. Seeds are fixed, so that chance strikes when a test is written, not when it is run. The page uses
//! other streams and three times as many replications.

mod cases;
mod cross;
mod erlang_a;
mod figure;
mod page;

pub(crate) use figure::{Effort, Figure};

use figure::Found;

/// Closed forms of one kind.
pub(crate) struct Group {
    pub(crate) title: &'static str,
    /// What they have in common.
    pub(crate) says: &'static str,
    pub(crate) cases: &'static [Case],
}

/// A closed form, and worlds to hold it against.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// What theory says, and whose it is.
    pub(crate) says: &'static str,
    pub(crate) figures: fn(Effort) -> Vec<Figure>,
}

/// Runs the cases of a group in short, and says of all what is not as theory has it or not on the page.
fn check(title: &str) {
    let mut groups = cases::GROUPS.iter();
    let group = groups.find(|group| group.title == title).unwrap();
    let mut wrong = Vec::new();
    for case in group.cases {
        let figures = (case.figures)(Effort::TEST);
        let problems = figures.iter().filter_map(problem);
        wrong.extend(problems.map(|problem| format!("{}: {problem}", case.name)));
        wrong.extend(page::differences(case, &figures));
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// What is wrong with a figure of a test.
fn problem(figure: &Figure) -> Option<String> {
    let name = &figure.name;
    match &figure.found {
        Found::Estimated(estimated) => {
            let (mean, half_width) = (estimated.mean, estimated.half_width);
            let theory = estimated.theory;
            let is_wide = estimated.points == 1 && half_width > theory.abs() * 0.05;
            if is_wide {
                Some(format!("{name}: ± {half_width} is too wide to tell"))
            } else {
                let tells = format!("{name}: {mean} ± {half_width} does not hold {theory}");
                (estimated.p_value < 0.05).then_some(tells)
            }
        }
        Found::Exact { theory, found } => {
            ((theory - found).abs() > 1e-9).then(|| format!("{name}: {found} is not {theory}"))
        }
        Found::Told {
            theory,
            found,
            is_so,
        } => (!is_so).then(|| format!("{name}: {found}; it should be: {theory}")),
    }
}

#[test]
fn queues() {
    check("Queues");
}

#[test]
fn networks_of_queues() {
    check("Networks of queues");
}

#[test]
fn arrivals() {
    check("Arrivals");
}

#[test]
fn clients() {
    check("Clients");
}

#[test]
fn detection_and_drain() {
    check("Detection and drain");
}

#[test]
fn availability() {
    check("Availability");
}

#[test]
fn back_ends_configuration_and_ways() {
    check("Back ends, configuration and ways");
}

#[test]
fn overload_and_metastability() {
    check("Overload and metastability");
}

/// Every group is asked for by one of the tests above.
#[test]
fn every_group_is_tested() {
    let source = include_str!("mod.rs");
    for group in &cases::GROUPS {
        let call = format!("    check(\"{}\");", group.title);
        assert!(source.contains(&call), "no test says {call}");
    }
}
