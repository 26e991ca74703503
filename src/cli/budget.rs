//! What work is refused unless it is insisted on, and how much work is told of.

use crate::cli::exit_status::Failure;
use crate::experiment::{BYTES_MAX, EVENTS_MAX, Effort};
use crate::units::text::show_duration;

/// How many threads work: so many, or one a core.
pub(super) fn threads(asked: Option<usize>) -> usize {
    let cores = std::thread::available_parallelism();
    asked.unwrap_or(cores.map_or(1, usize::from))
}

/// How much work it is: `about 12 s on 2 threads (51.2 million events), 0.1 GiB of memory`.
pub(super) fn told(effort: &Effort, threads: usize) -> String {
    let plural = if threads == 1 { "" } else { "s" };
    format!(
        "{} on {threads} thread{plural} ({} events), {:.1} GiB of memory",
        time(effort.time_s(threads)),
        count(effort.events),
        effort.gibibytes().max(0.1)
    )
}

/// What is longer than anybody waits needs no digits.
fn time(seconds: f64) -> String {
    const YEAR: f64 = 365.0 * 86_400.0;
    if seconds < 1.0 {
        "less than a second".to_owned()
    } else if seconds < YEAR {
        format!("about {}", show_duration(seconds))
    } else {
        "more than a year".to_owned()
    }
}

/// `1.2 million`.
fn count(events: f64) -> String {
    let units = [(1e12, "trillion"), (1e9, "billion"), (1e6, "million")];
    match units.iter().find(|(unit, _)| events >= *unit) {
        Some((unit, name)) if events < 1e16 => {
            format!("{:.1} {name}", events / unit).replace(".0 ", " ")
        }
        Some(_) => "too many".to_owned(),
        None => format!("{events:.0}"),
    }
}

/// Refuses what is too much, unless it is insisted on.
pub(super) fn check(
    effort: &Effort,
    (what, threads): (&str, Option<usize>),
    is_forced: bool,
) -> Result<(), Failure> {
    if is_forced || !effort.is_excessive() {
        return Ok(());
    }
    Err(Failure::wrong(format!(
        "{what} would take {}; more than {} events or {:.0} GiB are not begun unasked: simulate less \
         (`run.duration`, `run.replications`, `rate`, a wider `run.window`), or insist with `--force`",
        told(effort, self::threads(threads)),
        count(EVENTS_MAX),
        BYTES_MAX / f64::from(1 << 30)
    )))
}
