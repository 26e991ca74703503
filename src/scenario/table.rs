//! What a table of keys is made of.
//!
//! Every key is declared once (in `keys`), with its kind, its default as a user would write it,
//! and a line of explanation. Reading, did-you-mean, refusals of what is not built yet and the
//! JSON schema all go by these declarations: there is no default that the schema does not show.

/// A map with known keys.
#[derive(Debug)]
pub(super) struct Section {
    /// What the section describes.
    pub(super) doc: &'static str,
    /// Its keys, in the order of the documentation.
    pub(super) keys: &'static [Key],
    /// A section whose keys may be given here too, to override those given there.
    pub(super) inherits: Option<&'static Section>,
}

/// A key of a section.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) presence: Presence,
    /// What it means, with the source of its default.
    pub(super) doc: &'static str,
}

/// Whether a key must be there, and what holds if it is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// It must; an example of a value.
    Required(&'static str),
    /// It need not; its absence means what its explanation says.
    Optional,
    /// Of all such keys of a section exactly one must be there; an example of a value.
    Alternative(&'static str),
    /// It need not; this text is then read in its place.
    Default(&'static str),
}

/// What a key's value is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Any text.
    Text,
    /// A whole number from the first to the second, both included.
    Whole(u64, u64),
    /// A whole number from 1 to the first, or the keys of a section.
    Replications(u64, &'static Section),
    /// A length of time, or none of it.
    Duration,
    /// A length of time greater than zero.
    PositiveDuration,
    /// A list of lengths of time, at least one.
    Durations,
    /// A length of time greater than zero, or the keys of a section.
    DurationOrSection(&'static Section),
    /// How many times as much: a number greater than 1.
    Factor,
    /// How unequal things are: a number from 0 to 5.
    Skew,
    /// How often something happens.
    Rate,
    /// How often something happens, and how that changes: a rate, a shape, or the keys of a
    /// section.
    RateProfile(&'static Section),
    /// How arrivals follow each other.
    Arrivals,
    /// A share from 0 % to 100 %.
    Ratio,
    /// How long something takes.
    Distribution,
    /// How long to wait before a retry.
    Backoff,
    /// How long to wait before a hedge: a length of time, or a percentile.
    HedgeDelay,
    /// A list of some of these words, each at most once.
    Words(&'static [Choice]),
    /// `none`, a share, or the keys of a section.
    Budget(&'static Section),
    /// `[latitude, longitude]` in degrees.
    Coordinates,
    /// The name of a region.
    Region,
    /// A region or a list of regions, of the scenario or others of Azure.
    Sites,
    /// A list of names of regions, each at most once.
    Regions,
    /// A list of two places: names of populations or regions, or `probers`.
    Places,
    /// A list of names of regions or of such lists, every region of the scenario exactly once.
    Stages,
    /// A length of time for every region.
    DurationByRegion,
    /// A number for some regions: how much traffic each gets next to the others.
    WeightByRegion,
    /// A region, or a list of regions, for every population.
    RegionsByPopulation,
    /// A map from paths of the scenario to the values that they are to have.
    Values,
    /// A list of routing strategies.
    Strategies,
    /// `none`, or what the inner kind says.
    OrNone(&'static Kind),
    /// One of several things: a word, or a map whose only key is the word.
    Choice(&'static [Choice]),
    /// One of several words, or the keys of a section.
    ChoiceOrSection(&'static [Choice], &'static Section),
    /// A map with known keys.
    Section(&'static Section),
    /// A map from names to sections.
    Named(&'static Section),
    /// A list of sections.
    List(&'static Section),
}

/// One of several things that can be chosen.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) name: &'static str,
    pub(super) body: Body,
    /// What it does.
    pub(super) doc: &'static str,
}

/// What goes with a choice.
#[derive(Clone, Copy, Debug)]
pub(super) enum Body {
    /// Nothing: the word says it all.
    Word,
    /// Keys that all have defaults: the word alone will do.
    Section(&'static Section),
    /// What must stand beside the word, with an example of it.
    Value(Kind, &'static str),
}

impl Section {
    /// All keys that may be written, inherited ones last.
    pub(super) fn all_keys(&'static self) -> impl Iterator<Item = &'static Key> {
        let inherited = self.inherits.map_or(&[][..], |section| section.keys);
        self.keys.iter().chain(inherited)
    }

    /// The key of this name.
    pub(super) fn key(&'static self, name: &str) -> Option<&'static Key> {
        self.all_keys().find(|key| key.name == name)
    }

    /// How the section is written, with one of its keys.
    pub(super) fn example(&'static self) -> String {
        let written = |key: &Key| match key.presence {
            Presence::Required(text) | Presence::Alternative(text) | Presence::Default(text) => {
                Some((key.name, text))
            }
            Presence::Optional => None,
        };
        let first = self.keys.iter().find_map(written);
        let (name, text) = first.expect("a section has a key with a value");
        format!("{{{name}: {text}}}")
    }

    /// The keys of which exactly one must be there.
    pub(super) fn alternatives(
        &'static self,
    ) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.keys.iter().filter_map(|key| match key.presence {
            Presence::Alternative(example) => Some((key.name, example)),
            _ => None,
        })
    }

    /// The names of the keys.
    pub(super) fn names(&'static self) -> impl Iterator<Item = &'static str> {
        self.all_keys().map(|key| key.name)
    }
}

impl Key {
    /// A key that must be there.
    pub(super) const fn required(
        name: &'static str,
        kind: Kind,
        example: &'static str,
        doc: &'static str,
    ) -> Self {
        let presence = Presence::Required(example);
        Self {
            name,
            kind,
            presence,
            doc,
        }
    }

    /// One of the keys of which exactly one must be there.
    pub(super) const fn alternative(
        name: &'static str,
        kind: Kind,
        example: &'static str,
        doc: &'static str,
    ) -> Self {
        let presence = Presence::Alternative(example);
        Self {
            name,
            kind,
            presence,
            doc,
        }
    }

    /// A key that need not be there.
    pub(super) const fn optional(name: &'static str, kind: Kind, doc: &'static str) -> Self {
        let presence = Presence::Optional;
        Self {
            name,
            kind,
            presence,
            doc,
        }
    }

    /// A key that is read as `text` when it is not there.
    pub(super) const fn default(
        name: &'static str,
        kind: Kind,
        text: &'static str,
        doc: &'static str,
    ) -> Self {
        let presence = Presence::Default(text);
        Self {
            name,
            kind,
            presence,
            doc,
        }
    }
}

impl Kind {
    /// What the value is, and how it is written: for the sentences of errors and of the schema.
    pub(super) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Text => ("a text", "a text, in quotes if it has a colon"),
            Self::Whole(..) => ("a whole number", "a whole number without unit, such as `3`"),
            Self::Replications(..) => (
                "a number of replications",
                "a whole number such as `20`, or `{min: 10, max: 400, until: {availability: 0.01%}}`",
            ),
            Self::Duration | Self::PositiveDuration => {
                ("a duration", "a number and its unit, such as `30s`")
            }
            Self::Durations => (
                "a list of durations",
                "a list of durations, such as `[5m, 12m]`",
            ),
            Self::DurationOrSection(_) => (
                "a duration",
                "a duration such as `5m`, or `{up: 5m, down: 30m}`",
            ),
            Self::Factor => ("a number", "a number greater than 1, such as `3`"),
            Self::Skew => ("a number", "a number from 0 to 5, such as `0.8`"),
            Self::Rate => ("a rate", "a number per unit of time, such as `900/s`"),
            Self::RateProfile(_) => (
                "a rate",
                "a rate such as `900/s`, or `{stages: [{for: 10m, to: 400/s}]}`",
            ),
            Self::Arrivals => (
                "an arrival process",
                "an arrival process, such as `poisson` or `gamma(cv=0.5)`",
            ),
            Self::Ratio => ("a percentage", "a percentage, such as `99.9%`"),
            Self::Distribution => (
                "a distribution",
                "a distribution, such as `lognormal(p50=4ms, p99=25ms)`",
            ),
            Self::Backoff => (
                "a back-off",
                "a back-off, such as `full_jitter(base=100ms, cap=10s)`",
            ),
            Self::HedgeDelay => (
                "a delay",
                "a duration such as `50ms`, or a percentile such as `p95`",
            ),
            Self::Budget(_) => (
                "a budget",
                "`none`, a percentage such as `10%`, or `{ratio: 10%, floor: 1/s}`",
            ),
            Self::Coordinates => (
                "a place",
                "`[latitude, longitude]` in degrees, such as `[52.4, 4.9]`",
            ),
            Self::Region => ("the name of a region", "the name of a region"),
            Self::OrNone(inner) => inner.words(),
            _ => self.words_of_parts(),
        }
    }

    /// The same of a value that has parts.
    fn words_of_parts(self) -> (&'static str, &'static str) {
        match self {
            Self::Words(_) => ("a list of words", "a list of words, such as `[timeout]`"),
            Self::Regions => (
                "a list of regions",
                "a list of regions, such as `[westeurope, eastus]`",
            ),
            Self::Sites => (
                "a list of regions",
                "a region or a list of regions, such as `[westeurope, eastus]`",
            ),
            Self::Places => (
                "a list of two places",
                "two places, such as `[europe, westeurope]`",
            ),
            Self::Stages => (
                "a list of stages",
                "a list of regions or of lists of them, such as `[eastus, [westeurope, uksouth]]`",
            ),
            Self::WeightByRegion => (
                "a map from regions to weights",
                "a weight for regions, such as `{westeurope: 3, eastus: 1}`",
            ),
            Self::RegionsByPopulation => (
                "a map from populations to regions",
                "a region for every population, such as `{europe: westeurope}`",
            ),
            Self::Values => (
                "a map from paths to values",
                "values for paths, such as `{regions.eastus.units: 1..6, routing.ttl: [10s, 60s]}`",
            ),
            Self::Strategies => (
                "a list of strategies",
                "a list of strategies, such as `[next_closest, even_spread]`",
            ),
            Self::DurationByRegion => (
                "a map from regions to durations",
                "a round trip for every region, such as `{westeurope: 165ms}`",
            ),
            Self::Choice(_) => ("a choice", "one of the words that are known here"),
            Self::ChoiceOrSection(..) | Self::Section(_) => {
                ("a map", "a map, such as `{key: value}`")
            }
            Self::Named(_) => (
                "a map of names",
                "a map from names to maps, such as `{name: {key: value}}`",
            ),
            Self::List(_) => ("a list", "a list of maps, such as `[{key: value}]`"),
            _ => unreachable!("a value of one piece"),
        }
    }
}
