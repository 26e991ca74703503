//! Numbers as files hold them: nine significant digits, and nothing where there is nothing.
//!
//! Rounding hides the last bits, in which mathematical libraries differ.

/// A number with nine significant digits.
pub(super) fn rounded(value: f64) -> f64 {
    rounded_to(value, 9)
}

/// A number with so many significant digits, at least one.
pub(super) fn rounded_to(value: f64, digits: usize) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    format!("{value:.*e}", digits - 1)
        .parse()
        .expect("a number was just written")
}

/// What a quantity can be at all; an interval is cut there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Range {
    /// A share, from 0 to 1.
    Share,
    /// A time or a count, from 0.
    Positive,
    /// A difference.
    Any,
}

impl Range {
    /// The value, or the end of the range that it lies beyond.
    pub(super) fn clamp(self, value: f64) -> f64 {
        match self {
            Self::Share => value.clamp(0.0, 1.0),
            Self::Positive => value.max(0.0),
            Self::Any => value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_digits_are_kept() {
        assert_eq!(rounded(0.123_456_789_012).to_string(), "0.123456789");
        assert_eq!(rounded(1_234_567_890_123.0).to_string(), "1234567890000");
    }
}
