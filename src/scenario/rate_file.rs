//! A file of measured rates: CSV with the columns `time` and `rate`.
//!
//! Rows are read one by one and kept as [`RateSeries`] keeps them, so a file may be of any length.
//! Every row is checked, and all bytes are hashed, those after the end of the measured period
//! too. The first problem ends the reading: what is wrong with one row is mostly wrong with all.
//! What this file is not: it knows no scenario; who names the file says where it was named.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::path::Path;

use csv::{ErrorKind, Position, StringRecord};
use sha2::{Digest as _, Sha256};

use crate::random::{RatePoint, RateProfile, RateSeries};
use crate::scenario::fingerprint::in_hexadecimal;
use crate::scenario::rate;
use crate::scenario::suggest::{all_of, quoted};
use crate::units::SimDuration;
use crate::units::text::{TextError, duration};

/// The longest row that is read, in bytes: a quote that never closes must not fill the memory.
const ROW_LENGTH_MAX: u64 = 1 << 16;

/// How much is read at once, in bytes.
const BUFFER_LENGTH: usize = 1 << 15;

/// The columns that are read; all others are ignored.
const COLUMNS: [&str; 2] = ["time", "rate"];

/// What a file says.
pub(super) struct RateFile {
    pub(super) profile: RateProfile,
    /// The fingerprint of the file's bytes.
    pub(super) sha256: String,
}

/// What is wrong, and with which row: that at or after a byte of the file.
struct Refusal {
    row: Option<u64>,
    error: TextError,
}

/// Reads the file at `path`, which errors call `name`, for a measured period of this length.
///
/// # Errors
/// If it cannot be read, has not the columns, or a row is not a time and a rate in order.
pub(super) fn read(path: &Path, name: &str, period: SimDuration) -> Result<RateFile, TextError> {
    let name = &quoted(name);
    let file = File::open(path).map_err(|error| unreadable(name, &error))?;
    let mut reader = csv::ReaderBuilder::new()
        .buffer_capacity(BUFFER_LENGTH)
        .from_reader(Meter::new(file));
    let profile = rows(&mut reader, name, period).map_err(|Refusal { row, error }| {
        let line = row.and_then(|row| line_of(path, row).ok());
        let place = line.map_or_else(String::new, |line| format!("{name}:{line}: "));
        let problem = place + &error.problem;
        TextError { problem, ..error }
    })?;
    let sha256 = in_hexadecimal(reader.into_inner().hash);
    Ok(RateFile { profile, sha256 })
}

fn rows(
    reader: &mut csv::Reader<Meter<File>>,
    name: &str,
    period: SimDuration,
) -> Result<RateProfile, Refusal> {
    let header = reader.headers().map_err(|error| refused(name, &error))?;
    let columns = columns(header, name)?;
    let mut series = RateSeries::new(period);
    let mut record = StringRecord::new();
    let mut last = SimDuration::ZERO;
    while reader
        .read_record(&mut record)
        .map_err(|error| refused(name, &error))?
    {
        reader.get_mut().since_row = 0;
        let point = point(&record, columns).and_then(|point| in_order(last, point));
        let point = point.map_err(|error| {
            let row = record.position().map(Position::byte);
            Refusal { row, error }
        })?;
        series.push(point);
        last = point.at;
    }
    series.profile().ok_or_else(|| {
        let problem = format!("`{name}` has no rows");
        let advice = "write a time and a rate in each line after the first".to_owned();
        Refusal::from(TextError { problem, advice })
    })
}

/// The line, counted from 1, of the row at or after a byte. The parser counts lines too, but is
/// behind where they end with `\r\n`, and after empty ones.
fn line_of(path: &Path, row: u64) -> io::Result<u64> {
    let (mut line, mut start) = (0, 0);
    for bytes in BufReader::new(File::open(path)?).split(b'\n') {
        let bytes = bytes?;
        let text = bytes.strip_suffix(b"\r").unwrap_or(&bytes);
        line += 1;
        if !text.is_empty() && start + text.len() as u64 > row {
            break;
        }
        start += bytes.len() as u64 + 1;
    }
    Ok(line)
}

impl From<TextError> for Refusal {
    fn from(error: TextError) -> Self {
        Self { row: None, error }
    }
}

/// A reader that hashes what passes, and refuses rows without an end.
struct Meter<R> {
    inner: R,
    hash: Sha256,
    /// Bytes since the last row that was whole.
    since_row: u64,
}

impl<R> Meter<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            hash: Sha256::new(),
            since_row: 0,
        }
    }
}

impl<R: Read> Read for Meter<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since_row > ROW_LENGTH_MAX {
            let problem = format!("a row is longer than {ROW_LENGTH_MAX} bytes");
            return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
        }
        let length = self.inner.read(buffer)?;
        self.hash.update(&buffer[..length]);
        self.since_row += length as u64;
        Ok(length)
    }
}

/// Where the columns are.
fn columns(header: &StringRecord, name: &str) -> Result<[usize; 2], Refusal> {
    let advice = "name the columns `time` and `rate` in its first line, separated by commas";
    let advice = advice.to_owned();
    if header.iter().all(|column| column.trim().is_empty()) {
        let problem = format!("`{name}` is empty");
        return Err(Refusal::from(TextError { problem, advice }));
    }
    let find = |wanted| header.iter().position(|column| column.trim() == wanted);
    if let [Some(time), Some(rate)] = COLUMNS.map(find) {
        return Ok([time, rate]);
    }
    let missing = COLUMNS.into_iter().filter(|wanted| find(wanted).is_none());
    let there: Vec<String> = header.iter().map(|column| quoted(column.trim())).collect();
    let problem = format!(
        "its columns are {}, without {}",
        all_of(there.iter().map(String::as_str)),
        all_of(missing)
    );
    let row = Some(0);
    let error = TextError { problem, advice };
    Err(Refusal { row, error })
}

/// The time and the rate of a row.
fn point(record: &StringRecord, [time, rate]: [usize; 2]) -> Result<RatePoint, TextError> {
    Ok(RatePoint {
        at: seconds(record[time].trim())?,
        rate: rate::read_per_s(record[rate].trim())?,
    })
}

/// Reads a time since the start of the measured period: a bare number is in seconds.
fn seconds(text: &str) -> Result<SimDuration, TextError> {
    let fail = |problem: &str| TextError {
        problem: format!("`{}` is {problem}", quoted(text)),
        advice:
            "write the time since the start of the measured period, such as `90` (seconds) or `10m`"
                .to_owned(),
    };
    let Ok(seconds) = text.parse::<f64>() else {
        return duration(text).map_err(|_| fail("not a time"));
    };
    if seconds < 0.0 {
        Err(fail("negative"))
    } else if !seconds.is_finite() {
        Err(fail("not finite"))
    } else if seconds > SimDuration::MAX.as_secs_f64() {
        Err(fail("later than a simulated clock can run"))
    } else {
        Ok(SimDuration::from_secs_f64(seconds))
    }
}

fn in_order(last: SimDuration, point: RatePoint) -> Result<RatePoint, TextError> {
    if last <= point.at {
        return Ok(point);
    }
    let [at, last] = [point.at, last].map(SimDuration::as_secs_f64);
    Err(TextError {
        problem: format!("the time {at} s comes after {last} s"),
        advice: "sort the rows by time".to_owned(),
    })
}

fn unreadable(name: &str, error: &io::Error) -> TextError {
    if error.kind() == io::ErrorKind::NotFound {
        return TextError {
            problem: format!("the file `{name}` does not exist"),
            advice: "write its path as seen from the folder of the scenario".to_owned(),
        };
    }
    TextError {
        problem: format!("cannot read `{name}`: {error}"),
        advice: "name a CSV file with the columns `time` and `rate`".to_owned(),
    }
}

/// What the parser of rows has refused.
fn refused(name: &str, error: &csv::Error) -> Refusal {
    let (problem, advice) = match error.kind() {
        ErrorKind::Io(error) => return Refusal::from(unreadable(name, error)),
        ErrorKind::Utf8 { .. } => (
            "this is not UTF-8 text".to_owned(),
            "save the file as UTF-8".to_owned(),
        ),
        ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => (
            format!("the row has {len} fields, and the first line {expected_len}"),
            "write as many, separated by commas".to_owned(),
        ),
        _ => (
            error.to_string(),
            "write a time and a rate in every line".to_owned(),
        ),
    };
    Refusal {
        row: error.position().map(Position::byte),
        error: TextError { problem, advice },
    }
}
