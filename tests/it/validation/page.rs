//! `docs/validation.md`: written from runs, and held against the list of cases.
//!
//! What stands between the figures is `page.md`, whose marks are replaced by what was found.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use gatefleet::report::RESULTS;
use gatefleet::stats::Estimate;
use statrs::distribution::{Binomial, DiscreteCDF};

use crate::validation::cases::GROUPS;
use crate::validation::cross::{CROSSED, Crossed, TOOLS, others};
use crate::validation::figure::{Effort, Figure, Found};
use crate::validation::{Case, Group};

const TEMPLATE: &str = include_str!("page.md");

/// What ends what stands in place of a mark.
const END: &str = "<!-- end -->";

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/validation.md")
}

fn read() -> String {
    fs::read_to_string(path()).unwrap()
}

/// Goal: the page, of runs at length. Method: it is no test but the generator, which `cargo validate`
/// calls; it fails if the verdict is bad.
#[test]
#[ignore = "it writes docs/validation.md, which takes minutes: `cargo validate`"]
fn write() {
    let of_group = |group: &Group| -> Vec<Vec<Figure>> {
        let cases = group.cases.iter();
        cases.map(|case| (case.figures)(Effort::PAGE)).collect()
    };
    let figures: Vec<Vec<Vec<Figure>>> = GROUPS.iter().map(of_group).collect();
    let family = Family::of(figures.iter().flatten().flatten());
    let mut cases = String::new();
    for (group, figures) in GROUPS.iter().zip(&figures) {
        write!(cases, "### {}\n\n{}\n\n", group.title, group.says).unwrap();
        for (case, figures) in group.cases.iter().zip(figures) {
            cases.push_str(&section(case, figures, &family));
        }
    }
    let (crossings, differing) = crossings();
    let page = fill("verdict", TEMPLATE, &family.verdict(differing));
    let page = fill("cases", &page, &cases);
    let page = fill("crossings", &page, &crossings);
    fs::write(path(), page).unwrap();
    let is_good = family.differing == 0 && family.chance_of_so_many() > 0.005 && differing == 0;
    assert!(is_good, "docs/validation.md says what is wrong");
}

/// Puts a text in place of a mark.
fn fill(mark: &str, page: &str, text: &str) -> String {
    let mark = format!("<!-- {mark} -->\n");
    let filled = format!("{mark}\n{}\n\n{END}\n", text.trim_end());
    assert!(page.contains(&mark), "the page has no place for this");
    page.replace(&mark, &filled)
}

/// All figures together.
struct Family {
    /// Estimates, those whose 95 % interval misses, and those that chance does not explain.
    estimates: u64,
    outside: u64,
    differing: usize,
    /// Those without chance, and those of them that are not as they are to be.
    certain: usize,
    /// The p-value below which an estimate differs.
    limit: f64,
    smallest: f64,
    /// The median of half an interval's width as a share of its theory.
    precision: f64,
}

impl Family {
    fn of<'a>(figures: impl Iterator<Item = &'a Figure>) -> Self {
        let (mut p_values, mut widths) = (Vec::new(), Vec::new());
        let (mut certain, mut wrong) = (0, 0);
        for figure in figures {
            match &figure.found {
                Found::Estimated(estimated) => {
                    p_values.push(estimated.p_value);
                    widths.push(estimated.half_width / estimated.theory.abs());
                }
                Found::Exact { .. } | Found::Told { .. } => {
                    certain += 1;
                    wrong += usize::from(!is_certain(figure));
                }
            }
        }
        widths.sort_by(f64::total_cmp);
        let below = |limit: f64| p_values.iter().filter(|&&p| p < limit).count();
        let limit = 0.01 / p_values.len() as f64;
        Self {
            estimates: p_values.len() as u64,
            outside: below(0.05) as u64,
            differing: below(limit) + wrong,
            certain,
            limit,
            smallest: p_values.iter().copied().fold(1.0, f64::min),
            precision: widths[widths.len() / 2],
        }
    }

    /// The chance that so many or more of so many 95 % intervals miss, if all is right.
    fn chance_of_so_many(&self) -> f64 {
        let law = Binomial::new(0.05, self.estimates).unwrap();
        if self.outside == 0 {
            1.0
        } else {
            law.sf(self.outside - 1)
        }
    }

    fn verdict(&self, differing: usize) -> String {
        let none = |count: usize| match count {
            0 => "none".to_owned(),
            count => format!("**{count}**"),
        };
        format!(
            "Written by gatefleet {}, results number {RESULTS}.\n\n\
             | | |\n|---|---|\n\
             | figures that chance has a part in | {} |\n\
             | outside of their 95 % intervals | {}; expected {:.1}, so many or more with a chance of {:.0} % |\n\
             | smallest p-value | {:.4}; a figure differs below {:.5} |\n\
             | **figures that differ** | {} |\n\
             | figures without chance | {}, all as they are to be unless counted above |\n\
             | differences from other simulators | {} |\n\
             | half the width of an interval, as a share of its theory | {:.2} % (median) |",
            env!("CARGO_PKG_VERSION"),
            self.estimates,
            self.outside,
            0.05 * self.estimates as f64,
            100.0 * self.chance_of_so_many(),
            self.smallest,
            self.limit,
            none(self.differing),
            self.certain,
            none(differing),
            100.0 * self.precision,
        )
    }
}

/// Whether a figure without chance is as it is to be.
fn is_certain(figure: &Figure) -> bool {
    match &figure.found {
        Found::Estimated(_) => true,
        Found::Exact { theory, found } => (theory - found).abs() < 1e-9,
        Found::Told { is_so, .. } => *is_so,
    }
}

fn section(case: &Case, figures: &[Figure], family: &Family) -> String {
    let rows = figures.iter().map(|figure| row(figure, family.limit));
    format!(
        "#### {}\n\n{}\n\n| figure | theory | simulated | |\n|---|---:|---:|---|\n{}\n",
        case.name,
        case.says,
        rows.collect::<String>()
    )
}

fn row(figure: &Figure, limit: f64) -> String {
    let (simulated, verdict) = match &figure.found {
        Found::Estimated(estimated) => {
            let share = 100.0 * estimated.half_width / estimated.theory.abs();
            let verdict = match estimated.p_value {
                p if p < limit => "**differs**",
                p if p < 0.05 => "outside",
                _ => "inside",
            };
            let range = range(estimated.mean, estimated.half_width);
            (format!("{range} ({share:.2} %)"), verdict)
        }
        Found::Exact { found, .. } if is_certain(figure) => (significant(*found), "exact"),
        Found::Exact { found, .. } => (significant(*found), "**differs**"),
        Found::Told { found, is_so, .. } => {
            (found.clone(), if *is_so { "so" } else { "**differs**" })
        }
    };
    format!("{} {simulated} | {verdict} |\n", beginning(figure))
}

/// A row up to what was simulated.
fn beginning(figure: &Figure) -> String {
    let theory = match &figure.found {
        Found::Estimated(estimated) => significant(estimated.theory),
        Found::Exact { theory, .. } => significant(*theory),
        Found::Told { theory, .. } => theory.clone(),
    };
    format!("| {} | {theory} |", figure.name)
}

/// A number with six digits that count.
fn significant(number: f64) -> String {
    let decimals = decimals(number, 6);
    let text = format!("{number:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A mean and half its interval's width, to two digits of the latter.
fn range(mean: f64, half_width: f64) -> String {
    let decimals = decimals(half_width, 2);
    format!("{mean:.decimals$} ± {half_width:.decimals$}")
}

/// The decimals that a number needs to show so many digits that count.
fn decimals(number: f64, digits: i32) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the exponent of an f64 is below 400"
    )]
    let exponent = number.abs().max(1e-12).log10().floor() as i32;
    usize::try_from(digits - 1 - exponent).unwrap_or(0)
}

/// The tables of what others found, and how many differ.
fn crossings() -> (String, usize) {
    let (mut text, mut differing) = (String::new(), 0);
    let others = others();
    let version = |tool: &str| format!("{tool} {}", others["versions"][tool].as_str().unwrap());
    let versions = [TOOLS[0], TOOLS[1], "Python"].map(version).join(", ");
    let replications = &others["replications"];
    writeln!(text, "{versions}; {replications} replications each.\n").unwrap();
    for crossed in &CROSSED {
        let rows = crossed.crossings(Effort::PAGE);
        writeln!(text, "{}", crossing_head(crossed)).unwrap();
        for crossing in rows {
            let shown = |estimate: &Estimate| range(estimate.mean, estimate.half_width.unwrap());
            let theirs = crossing.others.iter();
            let theirs: Vec<String> = theirs.map(|(_, theirs, _)| shown(theirs)).collect();
            let far = crossing.others.iter();
            let far = far.filter(|(_, _, difference)| difference.excludes_zero());
            let count = far.count();
            differing += count;
            writeln!(
                text,
                "| {} | {} | {} | {} | {} |",
                crossing.name,
                significant(crossing.theory),
                shown(&crossing.ours),
                theirs.join(" | "),
                if count == 0 { "same" } else { "**differs**" }
            )
            .unwrap();
        }
        text.push('\n');
    }
    (text, differing)
}

fn crossing_head(crossed: &Crossed) -> String {
    format!(
        "#### {}\n\n`tests/cross/{}.json`\n\n| figure | theory | gatefleet | {} | |\n|---|---:|---:|---:|---:|---|",
        crossed.title,
        crossed.file,
        TOOLS.join(" | ")
    )
}

/// What of a case is not on the page as the code has it.
pub(crate) fn differences(case: &Case, figures: &[Figure]) -> Vec<String> {
    let page = read();
    let heading = format!("#### {}\n\n{}\n", case.name, case.says);
    let Some(at) = page.find(&heading) else {
        return vec![format!("{}: not on the page: `cargo validate`", case.name)];
    };
    let lines = page[at + heading.len()..].lines();
    let lines = lines.take_while(|line| !line.starts_with('#') && *line != END);
    let rows: Vec<&str> = lines.filter(|line| line.starts_with('|')).skip(2).collect();
    let mut wrong = Vec::new();
    if rows.len() != figures.len() {
        wrong.push(format!("{}: other rows on the page", case.name));
    }
    for (figure, row) in figures.iter().zip(rows) {
        // Which point of a curve deviates most is a matter of chance.
        let beginning = match &figure.found {
            Found::Estimated(estimated) if estimated.points > 1 => format!("| {} |", figure.name),
            _ => beginning(figure),
        };
        if !row.starts_with(&beginning) {
            wrong.push(format!("{}: `{beginning}` is now: {row}", case.name));
        }
    }
    wrong
}

/// Goal: the page lists the cases of the code, in order and no others, and says around them what its
/// template says. Method: headings, and the page without what stands in place of marks. Rows are
/// compared where cases are run.
#[test]
fn the_page_lists_the_cases_of_the_code() {
    let page = read();
    let titles = |group: &Group| {
        let cases = group.cases.iter().map(|case| format!("#### {}", case.name));
        let title = format!("### {}", group.title);
        [title].into_iter().chain(cases).collect::<Vec<String>>()
    };
    let crossed = CROSSED
        .iter()
        .map(|crossed| format!("#### {}", crossed.title));
    let expected: Vec<String> = GROUPS.iter().flat_map(titles).chain(crossed).collect();
    let found = page.lines().filter(|line| line.starts_with("###"));
    assert_eq!(found.collect::<Vec<&str>>(), expected);
    let mut rest = String::new();
    for part in page.split(END) {
        let kept = part.split_once(" -->\n").map_or(part, |(before, _)| before);
        let mark = if kept.len() < part.len() { " -->" } else { "" };
        rest.push_str(kept);
        rest.push_str(mark);
    }
    assert!(rest == TEMPLATE, "its text is old: `cargo validate`");
    assert!(!page.contains("| **differs** |"), "a figure differs");
}
