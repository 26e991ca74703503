//! Standard output and standard error: the one place that prints.

use std::io::{self, IsTerminal as _, Write};

use crate::cli::args::{Format, ShownArguments};
use crate::cli::exit_status::Status;

/// Where a command prints.
pub(super) struct Terminal {
    out: Box<dyn Write>,
    err: Box<dyn Write>,
    /// The first failure to print to standard output, but for a reader who has gone.
    failure: Option<io::Error>,
    /// Whether a person watches standard error.
    pub(super) is_watched: bool,
}

impl Terminal {
    /// The terminal of this process; colors go where they are wanted (`NO_COLOR` is honored).
    pub(super) fn of_process() -> Self {
        Self {
            out: Box::new(anstream::stdout()),
            err: Box::new(anstream::stderr()),
            failure: None,
            is_watched: io::stderr().is_terminal(),
        }
    }

    /// Prints to standard output.
    pub(super) fn print(&mut self, text: &str) {
        let printed = self.out.write_all(text.as_bytes());
        if let Err(error) = printed.and_then(|()| self.out.flush()) {
            // Nobody is left to tell if the reader has gone (as `head` does).
            if error.kind() != io::ErrorKind::BrokenPipe && self.failure.is_none() {
                self.failure = Some(error);
            }
        }
    }

    /// How a command ended that says it ended so: it has failed if what it printed is not all there.
    pub(super) fn end(&mut self, status: Status) -> Status {
        match self.failure.take() {
            Some(error) if matches!(status, Status::Done | Status::ObjectiveMissed) => {
                self.say_error(&format!("cannot write to standard output: {error}"));
                Status::Failed
            }
            _ => status,
        }
    }

    /// Prints a line to standard output.
    pub(super) fn say(&mut self, line: &str) {
        self.print(&format!("{line}\n"));
    }

    /// Prints the results of a comparison or a sweep, as `format` asks.
    pub(super) fn show(&mut self, results: &str, shown: &ShownArguments) {
        match (shown.format, shown.quiet) {
            (Format::Text, true) => {}
            (Format::Text, false) => self.say(results),
            _ => self.print(results),
        }
    }

    /// Says where results are: in the last line, or, where they are a document, on standard error.
    pub(super) fn show_path(&mut self, path: &str, shown: &ShownArguments) {
        match (shown.format, shown.quiet) {
            (Format::Text, _) => self.say(path),
            (_, true) => {}
            (_, false) => self.warn(path),
        }
    }

    /// Prints to standard error. What words of the user hold besides text does not reach the
    /// terminal.
    pub(super) fn warn(&mut self, text: &str) {
        let visible = |c: char| {
            if c.is_control() && c != '\n' {
                '\u{fffd}'
            } else {
                c
            }
        };
        let text: String = text.chars().map(visible).collect();
        self.write_error(&text);
    }

    fn write_error(&mut self, text: &str) {
        let _ = writeln!(self.err, "{}", text.trim_end());
    }

    /// Prints an error message, marked as one unless it says so itself.
    pub(super) fn say_error(&mut self, message: &str) {
        let is_marked = message
            .lines()
            .next()
            .is_some_and(|line| line.contains("error:"));
        let mark = if is_marked { "" } else { "error: " };
        self.warn(&format!("{mark}{message}"));
    }

    /// Prints what clap has to say: help to standard output, errors to standard error.
    pub(super) fn show_usage(&mut self, usage: &clap::Error) -> Status {
        let text = usage.render().ansi().to_string();
        if usage.use_stderr() {
            self.write_error(&text);
            Status::Wrong
        } else {
            self.print(&text);
            Status::Done
        }
    }
}
