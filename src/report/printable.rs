//! Names and titles as text that does no harm where it is shown.
//!
//! They come from the user and may hold anything: a terminal obeys escape sequences, a line
//! break tears a table, characters that turn the direction of writing turn what follows them as
//! well, and XML 1.0 (section 2.2) has no way to write some characters at all.
//!
//! What this is not: escaping. Markup stays as it is; the writer of a format escapes it.

/// The text with a visible mark in place of each character that is not for reading.
pub(super) fn printable(text: &str) -> String {
    let clean = |c| if is_harmful(c) { '\u{fffd}' } else { c };
    text.chars().map(clean).collect()
}

fn is_harmful(c: char) -> bool {
    let turns_direction = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks_line = matches!(c, '\u{2028}' | '\u{2029}');
    let is_not_xml = matches!(c, '\u{fffe}' | '\u{ffff}');
    c.is_control() || turns_direction || breaks_line || is_not_xml
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_for_reading_is_marked() {
        for harmful in ['\u{1b}', '\n', '\u{9b}', '\u{202e}', '\u{2069}', '\u{ffff}'] {
            assert_eq!(printable(&format!("a{harmful}b")), "a\u{fffd}b");
        }
    }

    #[test]
    fn all_that_is_for_reading_stays() {
        let text = "</script> & 東京 אבג 🚀 e\u{301}";
        assert_eq!(printable(text), text);
    }
}
