//! The notes of a sweep that is under way: a line of JSON for itself, and one for every point that
//! has ended, so that it can go on after an interrupt. What a note says comes back to the last bit.

use serde::{Deserialize, Serialize};

use crate::experiment::{
    Figures, Judgment, Measured, Metric, Objective, ObjectiveVerdict, PointResult, Promise,
    Subject, Verdict,
};
use crate::metrics::Phase;
use crate::report::sweep::summary::verdict_name;
use crate::stats::Estimate;
use crate::units::{Ratio, SimDuration};

/// Which sweep notes are of.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct SweepNotes {
    /// The version of gatefleet that simulates.
    pub gatefleet: String,
    /// The version of its numbers.
    #[serde(default)]
    pub results: u32,
    /// The fingerprint of scenario and grid.
    pub sha256: String,
    /// How many points there are.
    pub points: usize,
}

/// Why notes cannot be gone on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteError {
    /// They are of another sweep or version.
    Other,
    /// They are no notes.
    Foreign,
}

/// A point that has ended.
#[derive(Debug, Deserialize, Serialize)]
struct Note {
    point: usize,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    measured: Option<MeasuredNote>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    saturated: Option<SaturatedNote>,
}

#[derive(Debug, Deserialize, Serialize)]
struct MeasuredNote {
    replications: u32,
    events: u64,
    precise: bool,
    /// Of each metric.
    figures: Vec<FigureNote>,
    objectives: Vec<ObjectiveNote>,
}

#[derive(Debug, Deserialize, Serialize)]
struct SaturatedNote {
    region: String,
    at_s: f64,
    has_objectives: bool,
}

/// An objective and its verdict.
#[derive(Debug, Deserialize, Serialize)]
struct ObjectiveNote {
    subject: SubjectNote,
    promise: PromiseNote,
    by_interval: bool,
    mean: Option<f64>,
    half_width: Option<f64>,
    verdict: String,
}

#[derive(Debug, Deserialize, Serialize)]
enum SubjectNote {
    Fleet,
    Region(String),
    Population(String),
    Phase(String),
}

/// A promise: shares, times in nanoseconds, a quantile with its time, a number of requests.
#[derive(Debug, Deserialize, Serialize)]
enum PromiseNote {
    Availability(f64),
    Timeslices(f64, f64),
    Latency(f64, u64),
    TimeToRecover(u64),
    RequestsLost(u64),
    ErrorBudget(f64, f64),
}

#[derive(Debug, Deserialize, Serialize)]
struct FigureNote {
    mean: Option<f64>,
    half_width: Option<f64>,
    reached: u32,
}

impl SweepNotes {
    /// The first line.
    pub fn head(&self) -> String {
        line(self)
    }

    /// The line of a point that has ended.
    pub fn note(point: usize, result: &PointResult) -> String {
        let (measured, saturated) = match result {
            PointResult::Measured(measured) => (Some(MeasuredNote::new(measured)), None),
            PointResult::Saturated {
                region,
                at_s,
                has_objectives,
            } => {
                let note = SaturatedNote {
                    region: region.clone(),
                    at_s: *at_s,
                    has_objectives: *has_objectives,
                };
                (None, Some(note))
            }
        };
        line(&Note {
            point,
            measured,
            saturated,
        })
    }

    /// Reads notes of this sweep: what is known of each point, and how many bytes were read. What
    /// stands behind the last whole line was being written when the sweep was cut off.
    ///
    /// # Errors
    /// If they are not of this sweep.
    pub fn read(&self, bytes: &[u8]) -> Result<(Vec<Option<PointResult>>, usize), NoteError> {
        let mut lines = bytes.split_inclusive(|&byte| byte == b'\n');
        let head = lines.next().filter(|line| line.ends_with(b"\n"));
        let head = head.ok_or(NoteError::Foreign)?;
        let of: Self = serde_json::from_slice(head).map_err(|_| NoteError::Foreign)?;
        if of != *self {
            return Err(NoteError::Other);
        }
        let mut points = vec![None; self.points];
        let mut length = head.len();
        for line in lines.filter(|line| line.ends_with(b"\n")) {
            let Some((point, result)) = read_note(line) else {
                break;
            };
            *points.get_mut(point).ok_or(NoteError::Foreign)? = Some(result);
            length += line.len();
        }
        Ok((points, length))
    }
}

fn line(value: &impl Serialize) -> String {
    let mut line = serde_json::to_string(value).expect("plain data");
    line.push('\n');
    line
}

fn read_note(line: &[u8]) -> Option<(usize, PointResult)> {
    let note: Note = serde_json::from_slice(line).ok()?;
    let result = match (note.measured, note.saturated) {
        (Some(measured), None) => PointResult::Measured(Box::new(measured.into_measured()?)),
        (None, Some(note)) => PointResult::Saturated {
            region: note.region,
            at_s: note.at_s,
            has_objectives: note.has_objectives,
        },
        _ => return None,
    };
    Some((note.point, result))
}

impl MeasuredNote {
    fn new(measured: &Measured) -> Self {
        let Figures { estimates, reached } = measured.figures;
        let figures = estimates.into_iter().zip(reached);
        let figure = |(estimate, reached): (Option<Estimate>, u32)| FigureNote {
            mean: estimate.map(|e| e.mean),
            half_width: estimate.and_then(|e| e.half_width),
            reached,
        };
        Self {
            replications: measured.replications,
            events: measured.events,
            precise: measured.is_precise,
            figures: figures.map(figure).collect(),
            objectives: measured.objectives.iter().map(ObjectiveNote::new).collect(),
        }
    }

    fn into_measured(self) -> Option<Measured> {
        let figures: [_; Metric::ALL.len()] = self.figures.try_into().ok()?;
        let objectives = self.objectives.into_iter().map(ObjectiveNote::into_verdict);
        let objectives: Option<Vec<ObjectiveVerdict>> = objectives.collect();
        Some(Measured {
            replications: self.replications,
            events: self.events,
            is_precise: self.precise,
            figures: Figures {
                estimates: figures.each_ref().map(|figure| {
                    let half_width = figure.half_width;
                    figure.mean.map(|mean| Estimate { mean, half_width })
                }),
                reached: figures.each_ref().map(|figure| figure.reached),
            },
            objectives: objectives?,
        })
    }
}

impl ObjectiveNote {
    fn new(result: &ObjectiveVerdict) -> Self {
        Self {
            subject: SubjectNote::new(&result.objective.subject),
            promise: PromiseNote::new(result.objective.promise),
            by_interval: result.objective.judgment == Judgment::Interval,
            mean: result.measured.map(|e| e.mean),
            half_width: result.measured.and_then(|e| e.half_width),
            verdict: verdict_name(result.verdict).to_owned(),
        }
    }

    fn into_verdict(self) -> Option<ObjectiveVerdict> {
        let all = [Verdict::Kept, Verdict::Missed, Verdict::Unsure];
        let half_width = self.half_width;
        Some(ObjectiveVerdict {
            objective: Objective {
                subject: self.subject.into_subject()?,
                promise: self.promise.into_promise()?,
                judgment: if self.by_interval {
                    Judgment::Interval
                } else {
                    Judgment::Estimate
                },
            },
            measured: self.mean.map(|mean| Estimate { mean, half_width }),
            verdict: all.into_iter().find(|&v| verdict_name(v) == self.verdict)?,
        })
    }
}

impl SubjectNote {
    fn new(subject: &Subject) -> Self {
        match subject {
            Subject::Fleet => Self::Fleet,
            Subject::Region(name) => Self::Region(name.clone()),
            Subject::Population(name) => Self::Population(name.clone()),
            Subject::Phase(phase) => Self::Phase(phase.name().to_owned()),
        }
    }

    fn into_subject(self) -> Option<Subject> {
        Some(match self {
            Self::Fleet => Subject::Fleet,
            Self::Region(name) => Subject::Region(name),
            Self::Population(name) => Subject::Population(name),
            Self::Phase(name) => {
                let phase = Phase::ALL.into_iter().find(|phase| phase.name() == name);
                Subject::Phase(phase?)
            }
        })
    }
}

impl PromiseNote {
    fn new(promise: Promise) -> Self {
        match promise {
            Promise::Availability(target) => Self::Availability(target.as_f64()),
            Promise::Timeslices {
                availability,
                at_least,
            } => Self::Timeslices(availability.as_f64(), at_least.as_f64()),
            Promise::Latency { quantile, at_most } => Self::Latency(quantile, at_most.as_ns()),
            Promise::TimeToRecover(at_most) => Self::TimeToRecover(at_most.as_ns()),
            Promise::RequestsLost(at_most) => Self::RequestsLost(at_most),
            Promise::ErrorBudget {
                availability,
                at_most,
            } => Self::ErrorBudget(availability.as_f64(), at_most.as_f64()),
        }
    }

    fn into_promise(self) -> Option<Promise> {
        Some(match self {
            Self::Availability(target) => Promise::Availability(Ratio::new(target)?),
            Self::Timeslices(availability, at_least) => Promise::Timeslices {
                availability: Ratio::new(availability)?,
                at_least: Ratio::new(at_least)?,
            },
            Self::Latency(quantile, ns) => Promise::Latency {
                quantile,
                at_most: SimDuration::from_ns(ns),
            },
            Self::TimeToRecover(ns) => Promise::TimeToRecover(SimDuration::from_ns(ns)),
            Self::RequestsLost(at_most) => Promise::RequestsLost(at_most),
            Self::ErrorBudget(availability, at_most) => Promise::ErrorBudget {
                availability: Ratio::new(availability)?,
                at_most: Ratio::new(at_most)?,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes() -> SweepNotes {
        SweepNotes {
            gatefleet: "1".into(),
            results: 1,
            sha256: "ab".into(),
            points: 3,
        }
    }

    fn results() -> [PointResult; 2] {
        let measured = Measured {
            replications: 20,
            events: 1 << 60,
            is_precise: false,
            figures: Figures {
                estimates: Metric::ALL.map(|metric| {
                    // Numbers whose shortest texts have many digits.
                    (metric != Metric::TimeToRecover).then(|| Estimate {
                        mean: (metric as usize as f64 + 0.1).sqrt(),
                        half_width: Some(1.0 / 3.0),
                    })
                }),
                reached: Metric::ALL.map(|metric| metric as u32),
            },
            objectives: vec![
                ObjectiveVerdict {
                    objective: Objective {
                        subject: Subject::Phase(Phase::During),
                        judgment: Judgment::Interval,
                        ..Objective::of_fleet(Promise::Availability(
                            Ratio::new(0.1 + 0.2).expect("a share"),
                        ))
                    },
                    measured: None,
                    verdict: Verdict::Unsure,
                },
                ObjectiveVerdict {
                    objective: Objective {
                        subject: Subject::Population("asia".into()),
                        ..Objective::of_fleet(Promise::Latency {
                            quantile: 0.999,
                            at_most: SimDuration::from_ns(123_456_789),
                        })
                    },
                    measured: Some(Estimate {
                        mean: 2.0_f64.sqrt(),
                        half_width: Some(0.1),
                    }),
                    verdict: Verdict::Kept,
                },
            ],
        };
        let saturated = PointResult::Saturated {
            region: "east".into(),
            at_s: 0.1 + 0.2,
            has_objectives: true,
        };
        [PointResult::Measured(Box::new(measured)), saturated]
    }

    #[test]
    fn what_was_noted_comes_back_to_the_last_bit() {
        let [first, second] = results();
        let text = [
            notes().head(),
            SweepNotes::note(2, &first),
            SweepNotes::note(0, &second),
        ]
        .concat();
        let (points, length) = notes().read(text.as_bytes()).expect("its own");
        assert_eq!(points, [Some(second), None, Some(first)]);
        assert_eq!(length, text.len());
    }

    #[test]
    fn a_line_that_was_cut_off_is_left_out() {
        let [first, _] = results();
        let whole = [notes().head(), SweepNotes::note(1, &first)].concat();
        for cut in [1, 20] {
            let torn = [whole.as_str(), &SweepNotes::note(2, &first)[..cut]].concat();
            let (points, length) = notes().read(torn.as_bytes()).expect("its own");
            assert_eq!(points, [None, Some(first.clone()), None]);
            assert_eq!(length, whole.len());
        }
    }

    #[test]
    fn notes_of_another_sweep_are_told_from_what_is_none() {
        let other = SweepNotes {
            sha256: "cd".into(),
            ..notes()
        };
        assert_eq!(notes().read(other.head().as_bytes()), Err(NoteError::Other));
        let of_other_numbers = SweepNotes {
            results: 2,
            ..notes()
        };
        let bytes = of_other_numbers.head();
        assert_eq!(notes().read(bytes.as_bytes()), Err(NoteError::Other));
        for text in ["", "{}\n", "a thesis\n", "{\"gatefleet\""] {
            assert_eq!(notes().read(text.as_bytes()), Err(NoteError::Foreign));
        }
    }
}
