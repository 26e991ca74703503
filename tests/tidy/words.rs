//! One idea, one word, spelt in one way.

use crate::source::Source;
use crate::{Finding, check, in_each};

/// Words that have a better one, as they stand in snake case, and that better one.
const GLOSSARY: [(&str, &str); 31] = [
    ("timestamp", "at"),
    ("scheduler", "event_queue"),
    ("calendar", "event_queue"),
    ("agenda", "event_queue"),
    ("end_time", "horizon"),
    ("max_time", "horizon"),
    ("trial", "replication"),
    ("burn_in", "warm_up"),
    ("treatment", "strategy"),
    ("cohort", "population"),
    ("transaction", "request"),
    ("customer", "request"),
    ("qps", "arrival_rate"),
    ("tps", "arrival_rate"),
    ("rps", "arrival_rate"),
    ("success_rate", "goodput"),
    ("processing_time", "service_time"),
    ("queue_time", "waiting_time"),
    ("queue_length", "backlog"),
    ("queue_depth", "backlog"),
    ("datacenter", "region"),
    ("heartbeat", "probe"),
    ("cache_time", "ttl"),
    ("switchover", "failover"),
    ("incident", "outage"),
    ("chaos", "outage"),
    ("uptime", "availability"),
    ("mttd", "time_to_detect"),
    ("failure_rate", "mtbf"),
    ("storm_factor", "amplification"),
    ("percentile", "quantile"),
];

/// Goal: one idea, one word. Method: the words of identifiers, in snake and camel case.
#[test]
fn identifiers_use_the_words_of_the_glossary() {
    check(
        in_each(|source| {
            let advice = |word: &str| format!("the word for this is `{word}`");
            phrases(source, &GLOSSARY.map(|(bad, good)| (bad, advice(good))))
        }),
        &[(
            "src/model/a.rs",
            "struct BurnInLength; // bad\n\
             fn f(max_qps: f64) {} // bad\n\
             const TRIAL_COUNT: u8 = 1; // bad\n\
             fn schedule(burn: bool, industrial: u8) {}\n\
             fn g() { log(\"incident\"); } // an incident\n",
        )],
    );
}

/// Where identifiers contain one of `banned`, words in snake case, each with its advice.
pub(crate) fn phrases(source: &Source, banned: &[(&str, String)]) -> Vec<Finding> {
    let words = source.tokens.iter().filter(|token| token.is_word());
    let findings = words.flat_map(|token| {
        let identifier = format!("_{}_", snake_case(&token.text));
        let found = move |word: &str| identifier.contains(&format!("_{word}_"));
        let banned = banned.iter().filter(move |(word, _)| found(word));
        banned.map(|(word, advice)| {
            let advice = format!("`{}` says `{word}`: {advice}", token.text);
            Finding::new(source, token.line, advice)
        })
    });
    findings.collect()
}

fn snake_case(identifier: &str) -> String {
    let mut snake = String::new();
    let mut was_lower = false;
    for letter in identifier.chars() {
        if letter.is_uppercase() && was_lower {
            snake.push('_');
        }
        was_lower = letter.is_lowercase() || letter.is_numeric();
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// British stems and what they are in American English.
const SPELLING: [(&str, &str); 37] = [
    ("utilis", "utiliz"),
    ("initialis", "initializ"),
    ("serialis", "serializ"),
    ("normalis", "normaliz"),
    ("randomis", "randomiz"),
    ("summaris", "summariz"),
    ("synchronis", "synchroniz"),
    ("visualis", "visualiz"),
    ("parallelise", "parallelize"),
    ("generalis", "generaliz"),
    ("stabilis", "stabiliz"),
    ("recognis", "recogniz"),
    ("authoris", "authoriz"),
    ("penalis", "penaliz"),
    ("optimise", "optimize"),
    ("optimisa", "optimiza"),
    ("minimise", "minimize"),
    ("maximise", "maximize"),
    ("organise", "organize"),
    ("organisa", "organiza"),
    ("realise", "realize"),
    ("analyse ", "analyze "),
    ("behaviour", "behavior"),
    ("colour", "color"),
    ("favour", "favor"),
    ("honour", "honor"),
    ("neighbour", "neighbor"),
    ("grey", "gray"),
    ("centre", "center"),
    ("licence", "license"),
    ("defence", "defense"),
    ("catalogue", "catalog"),
    ("cancelled", "canceled"),
    ("cancelling", "canceling"),
    ("labelled", "labeled"),
    ("labelling", "labeling"),
    ("modelling", "modeling"),
];

/// Goal: American spelling in all that is read, by people or machines. Method: every line of
/// every file but this one, which has to spell the others.
#[test]
fn spelling_is_american() {
    check(
        in_each(british_spelling),
        &[
            (
                "src/model/a.rs",
                "fn utilisation() {} // bad\nfn optimistic() {}",
            ),
            (
                "src/model/b.rs",
                "struct ClosestNeighbour; // bad\n/// Its behaviour. // bad",
            ),
            (
                "README.md",
                "The colour of outages. // bad\nThe color of outages.\n",
            ),
        ],
    );
}

fn british_spelling(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    if source.path == "tests/tidy/words.rs" {
        return findings;
    }
    for (number, line) in (1..).zip(source.text.lines()) {
        let line = line.to_lowercase();
        let found = SPELLING.iter().find(|(british, _)| line.contains(british));
        if let Some((british, american)) = found {
            let advice = format!("`{british}` is British: write `{american}`");
            findings.push(Finding::new(source, number, advice));
        }
    }
    findings
}
