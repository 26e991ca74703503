//! Did you mean ...?

use strsim::damerau_levenshtein;

/// How many characters of what a user wrote are quoted.
const QUOTED_MAX: usize = 80;

/// The word of `known` that `word` was probably meant to be: at most a third of it differs.
pub(super) fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let length = word.chars().count();
    if length > QUOTED_MAX {
        return None;
    }
    let distance = |candidate: &str| damerau_levenshtein(&word, &candidate.to_lowercase());
    known
        .into_iter()
        .map(|candidate| (distance(candidate), candidate))
        .filter(|&(distance, candidate)| distance <= length.max(candidate.len()).div_ceil(3).min(4))
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// The advice for an unknown word: the one that was probably meant, or else all there are.
pub(super) fn advice<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(meant) = closest(word, known.clone()) {
        return format!("did you mean `{meant}`?");
    }
    format!("write {}", any_of(known))
}

/// `a`, `b` or `c`, in backticks.
pub(super) fn any_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

/// `a`, `b` and `c`, in backticks.
pub(super) fn all_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    any_of(names).replace("` or `", "` and `")
}

/// What a user wrote, cut to a length that fits into a sentence.
pub(super) fn quoted(text: &str) -> String {
    if text.chars().count() <= QUOTED_MAX {
        return text.to_owned();
    }
    text.chars().take(QUOTED_MAX - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognized() {
        let known = ["warm_up", "duration", "window"];
        assert_eq!(closest("warmup", known), Some("warm_up"));
        assert_eq!(closest("Duration", known), Some("duration"));
        assert_eq!(closest("wnidow", known), Some("window"));
        assert_eq!(closest("seed", known), None);
    }

    #[test]
    fn alternatives_read_as_a_sentence() {
        assert_eq!(any_of(["a"]), "`a`");
        assert_eq!(any_of(["a", "b", "c"]), "`a`, `b` or `c`");
    }
}
