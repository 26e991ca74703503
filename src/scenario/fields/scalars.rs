//! Reading keys whose value is a single thing: a number, a quantity, a place.

use crate::model::{Backoff, HedgeDelay};
use crate::random::{ArrivalProcess, Distribution, RateProfile};
use crate::scenario::fields::{Fields, Found, values, wrong_type};
use crate::scenario::report::Origin;
use crate::scenario::suggest::quoted;
use crate::scenario::table::Kind;
use crate::scenario::tree::{Node, Value};
use crate::scenario::{arrivals, backoff, distribution, rate};
use crate::units::text::{self, TextError};
use crate::units::{Rate, Ratio, SimDuration};

/// Something that can be switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scenario) enum Limit<T> {
    /// `none` was written.
    None,
    /// It was not.
    At(T),
}

impl<T> From<Limit<T>> for Option<T> {
    fn from(limit: Limit<T>) -> Self {
        match limit {
            Limit::None => None,
            Limit::At(value) => Some(value),
        }
    }
}

impl<'a> Fields<'a> {
    /// A scalar, read from as much of its text as can be quoted.
    fn scalar<T>(&self, name: &str, read: impl Fn(&str) -> Result<T, TextError>) -> Option<T> {
        self.long_scalar(name, |text| read(&quoted(text)))
    }

    /// A scalar, read from its text by who quotes none of it in full.
    fn long_scalar<T>(&self, name: &str, read: impl Fn(&str) -> Result<T, TextError>) -> Option<T> {
        match self.find(name)? {
            Found::Default(text) => Some(read(text).expect("the defaults of the table are legal")),
            Found::Written(node) => {
                let kind = self.key(name).kind;
                let Some(text) = node.scalar() else {
                    wrong_type(self.report, name, node, kind);
                    return None;
                };
                read(text).map_err(|error| self.refuse(node, error)).ok()
            }
        }
    }

    /// A scalar, or no limit if `none` stands there.
    fn limit<T>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Result<T, TextError>,
    ) -> Option<Limit<T>> {
        self.scalar(name, |text| {
            if text == "none" {
                Ok(Limit::None)
            } else {
                read(text).map(Limit::At)
            }
        })
    }

    /// Any text; a number is a text too.
    pub(in crate::scenario) fn text(&self, name: &str) -> Option<String> {
        match self.find(name)? {
            Found::Default(text) => Some(text.to_owned()),
            Found::Written(node) => {
                let text = node.scalar().map(str::to_owned);
                if text.is_none() {
                    wrong_type(self.report, name, node, self.key(name).kind);
                }
                text
            }
        }
    }

    /// A whole number within the bounds of its kind.
    pub(in crate::scenario) fn whole<T: TryFrom<u64>>(&self, name: &str) -> Option<T> {
        let bounds = values::bounds(self.key(name).kind);
        let number = self.scalar(name, |text| values::whole(text, bounds))?;
        Some(
            T::try_from(number).unwrap_or_else(|_| unreachable!("the table's bounds fit the type")),
        )
    }

    /// A whole number within the bounds of its kind, or `none`.
    pub(in crate::scenario) fn whole_limit<T: TryFrom<u64>>(&self, name: &str) -> Option<Limit<T>> {
        let bounds = values::bounds(self.key(name).kind);
        self.limit(name, |text| {
            let number = values::whole(text, bounds)?;
            Ok(T::try_from(number)
                .unwrap_or_else(|_| unreachable!("the table's bounds fit the type")))
        })
    }

    /// A length of time.
    pub(in crate::scenario) fn duration(&self, name: &str) -> Option<SimDuration> {
        self.scalar(name, |text| values::duration(text, self.key(name).kind))
    }

    /// A length of time, or `none`.
    pub(in crate::scenario) fn duration_limit(&self, name: &str) -> Option<Limit<SimDuration>> {
        self.limit(name, |text| values::duration(text, self.key(name).kind))
    }

    /// An arrival rate.
    pub(in crate::scenario) fn rate(&self, name: &str) -> Option<Rate> {
        self.scalar(name, text::rate)
    }

    /// An arrival rate or a shape of it; not what has parts.
    pub(in crate::scenario) fn rate_profile(&self, name: &str) -> Option<RateProfile> {
        self.long_scalar(name, rate::read)
    }

    /// How arrivals follow each other.
    pub(in crate::scenario) fn arrivals(&self, name: &str) -> Option<ArrivalProcess> {
        self.long_scalar(name, arrivals::read)
    }

    /// A share.
    pub(in crate::scenario) fn ratio(&self, name: &str) -> Option<Ratio> {
        self.scalar(name, text::ratio)
    }

    /// A distribution.
    pub(in crate::scenario) fn distribution(&self, name: &str) -> Option<Distribution> {
        self.scalar(name, distribution::read)
    }

    /// A distribution, `default` if it is not written.
    pub(in crate::scenario) fn distribution_or(
        &self,
        name: &str,
        default: &str,
    ) -> Option<Distribution> {
        match self.entry(name) {
            Some(_) => self.distribution(name),
            None => Some(distribution::read(default).expect("the defaults of the table are legal")),
        }
    }

    /// How unequal things are.
    pub(in crate::scenario) fn skew(&self, name: &str) -> Option<f64> {
        self.scalar(name, values::skew)
    }

    /// How many times as much.
    pub(in crate::scenario) fn factor(&self, name: &str) -> Option<f64> {
        self.scalar(name, values::factor)
    }

    /// Lengths of time, each with its place.
    pub(in crate::scenario) fn durations(
        &self,
        name: &str,
    ) -> Option<Vec<(SimDuration, &'a Origin)>> {
        let node = self.node(name)?;
        let kind = self.key(name).kind;
        let Value::List(nodes) = &node.value else {
            wrong_type(self.report, name, node, kind);
            return None;
        };
        if nodes.is_empty() {
            let (_, example) = kind.words();
            let problem = format!("`{name}` is an empty list");
            self.report
                .error(&node.origin, problem, format!("write {example}"));
            return None;
        }
        let length = |node: &'a Node| {
            let Some(text) = node.scalar() else {
                wrong_type(self.report, name, node, Kind::Duration);
                return None;
            };
            let length = values::duration(&quoted(text), Kind::Duration);
            let length = length.map_err(|error| self.refuse(node, error)).ok()?;
            Some((length, &node.origin))
        };
        let lengths: Vec<_> = nodes.iter().map(length).collect();
        lengths.into_iter().collect()
    }

    /// A back-off.
    pub(in crate::scenario) fn backoff(&self, name: &str) -> Option<Backoff> {
        self.scalar(name, backoff::read)
    }

    /// How long to wait before a hedge.
    pub(in crate::scenario) fn hedge_delay(&self, name: &str) -> Option<HedgeDelay> {
        self.scalar(name, values::hedge_delay)
    }

    /// A share, or `none`.
    pub(in crate::scenario) fn ratio_limit(&self, name: &str) -> Option<Limit<Ratio>> {
        self.limit(name, text::ratio)
    }

    /// A place on Earth; `None` also if the key is not there.
    pub(in crate::scenario) fn coordinates(&self, name: &str) -> Option<[f64; 2]> {
        let node = &self.entry(name)?.node;
        values::coordinates(node)
            .map_err(|error| self.refuse(node, error))
            .ok()
    }
}
