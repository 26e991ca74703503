//! The place where findings are collected while a scenario is read.
//!
//! Reading never stops at a problem: it notes it here and goes on, so that all are reported in
//! one go. The list is behind a `RefCell` so that every part of the reader can hold the report
//! while it borrows the tree.

use std::cell::RefCell;

use crate::scenario::Source;
use crate::scenario::diagnostic::{Diagnostic, Excerpt, Place, Severity};

/// Where a part of the scenario was written. The order is that of the report.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    /// Nowhere in particular.
    Whole,
    /// In the file: a number of bytes from a byte on.
    Span {
        /// The first byte.
        start: usize,
        /// How many bytes.
        length: usize,
    },
    /// In the option of this index.
    Override(usize),
}

/// What was found so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    findings: RefCell<Vec<Finding>>,
}

/// The order of the fields is the order of the report.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    severity: Severity,
    origin: Origin,
    problem: String,
    advice: String,
}

impl Report {
    /// Notes what makes the scenario impossible to run.
    pub(super) fn error(
        &self,
        origin: &Origin,
        problem: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.findings.borrow_mut().push(Finding {
            severity: Severity::Error,
            origin: origin.clone(),
            problem: problem.into(),
            advice: advice.into(),
        });
    }

    /// Notes what is probably not meant.
    pub(super) fn warning(
        &self,
        origin: &Origin,
        problem: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.findings.borrow_mut().push(Finding {
            severity: Severity::Warning,
            origin: origin.clone(),
            problem: problem.into(),
            advice: advice.into(),
        });
    }

    /// Whether no error was found.
    pub(super) fn is_clean(&self) -> bool {
        self.findings
            .borrow()
            .iter()
            .all(|finding| finding.severity != Severity::Error)
    }

    /// Everything found, errors first, each in the order of the file. What was met several times
    /// (a default that several regions inherit) is told once. `options` are as one would type
    /// them.
    pub(super) fn into_diagnostics(self, source: &Source, options: &[String]) -> Vec<Diagnostic> {
        let mut findings = self.findings.into_inner();
        findings.sort();
        findings.dedup();
        let place = |origin| match origin {
            Origin::Whole => Place::Source {
                name: source.name.clone(),
            },
            Origin::Span { start, length } => {
                Place::Line(Excerpt::new(&source.name, &source.text, start, length))
            }
            Origin::Override(index) => Place::Option {
                text: options[index].clone(),
            },
        };
        let diagnostic = |finding: Finding| Diagnostic {
            severity: finding.severity,
            problem: finding.problem,
            advice: finding.advice,
            place: place(finding.origin),
        };
        findings.into_iter().map(diagnostic).collect()
    }
}
