//! From values to positions: linear, logarithmic and nines scales, with their ticks.

use crate::units::text::show_duration;

/// The labels of an axis that spans less than a power of ten.
const DIGITS: [f64; 7] = [1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0];

/// How values lie on an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::report) enum Scale {
    /// Evenly.
    Linear,
    /// By their decimal logarithm.
    Log,
    /// By the number of nines: 0.9 at 1, 0.99 at 2; up to a largest number, where 1 lies.
    Nines(f64),
}

/// An axis from one position to another.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::report) struct Axis {
    pub(in crate::report) scale: Scale,
    /// The positions of its ends.
    pub(in crate::report) low: f64,
    pub(in crate::report) high: f64,
    /// Positions with their labels; an empty label is a grid line.
    pub(in crate::report) ticks: Vec<(f64, String)>,
}

impl Scale {
    /// The position of a value.
    pub(in crate::report) fn position(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Log => value.max(1e-12).log10(),
            Self::Nines(most) => (-(1.0 - value).max(1e-15).log10()).clamp(0.0, most),
        }
    }
}

impl Axis {
    /// From zero to a little above the largest value.
    pub(in crate::report) fn from_zero(largest: f64, label: impl Fn(f64) -> String) -> Self {
        let largest = if largest > 0.0 { largest * 1.06 } else { 1.0 };
        let step = nice_step(largest / 4.0);
        let ticks = (0..)
            .map(|index| f64::from(index) * step)
            .take_while(|value| *value <= largest * (1.0 + 1e-9))
            .map(|value| (value, label(value)));
        Self {
            scale: Scale::Linear,
            low: 0.0,
            high: largest,
            ticks: ticks.collect(),
        }
    }

    /// From zero to a little above the largest count, with whole numbers only.
    pub(in crate::report) fn of_counts(largest: f64) -> Self {
        let mut axis = Self::from_zero(largest.max(1.0), plain);
        axis.ticks.retain(|(position, _)| position.fract() == 0.0);
        axis
    }

    /// From zero to a little above the largest time, labeled in the unit that fits.
    pub(in crate::report) fn of_ages(largest_s: f64) -> Self {
        const STEPS: [f64; 15] = [
            1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0, 3_600.0, 7_200.0,
            21_600.0, 43_200.0, 86_400.0,
        ];
        let largest_s = if largest_s > 0.0 {
            largest_s * 1.06
        } else {
            1.0
        };
        let fits = |step: &&f64| (1.0..=5.0).contains(&(largest_s / **step));
        let Some(&step) = STEPS.iter().find(fits) else {
            return Self::from_zero(largest_s / 1.06, show_duration);
        };
        let (unit_s, unit) = match step {
            step if step < 60.0 => (1.0, "s"),
            step if step < 3_600.0 => (60.0, "min"),
            step if step < 86_400.0 => (3_600.0, "h"),
            _ => (86_400.0, "d"),
        };
        let ticks = (0..)
            .map(|index| f64::from(index) * step)
            .take_while(|age| *age <= largest_s)
            .map(|age| (age, format!("{} {unit}", plain(age / unit_s))));
        Self {
            scale: Scale::Linear,
            low: 0.0,
            high: largest_s,
            ticks: ticks.collect(),
        }
    }

    /// A logarithmic axis of times that holds `low` to `high` seconds, with room for so many
    /// labels.
    pub(in crate::report) fn of_times((low, high): (f64, f64), room: f64) -> Self {
        let low = (low * 0.85).max(1e-9).log10();
        let high = (high * 1.18).max(2e-9).log10().max(low + 0.4);
        // The fewer powers of ten there are, the more digits of each find room for a label.
        let decades = high - low;
        let (digits, labeled): (&[f64], &[f64]) = if decades < 0.6 {
            (&DIGITS, &DIGITS)
        } else if decades * 3.0 <= room {
            (&[1.0, 2.0, 5.0], &[1.0, 2.0, 5.0])
        } else if decades * 2.0 <= room + 1.0 {
            (&[1.0, 2.0, 5.0], &[1.0, 5.0])
        } else {
            (&[1.0, 2.0, 5.0], &[1.0])
        };
        let mut ticks = Vec::new();
        for exponent in whole(low.floor())..=whole(high.ceil()) {
            for digit in digits {
                let value = digit * 10_f64.powi(exponent);
                if (low..=high).contains(&value.log10()) {
                    let label = if labeled.contains(digit) {
                        show_duration(value)
                    } else {
                        String::new()
                    };
                    ticks.push((value.log10(), label));
                }
            }
        }
        Self {
            scale: Scale::Log,
            low,
            high,
            ticks,
        }
    }

    /// A logarithmic axis that holds `low` to `high`, labeled at powers of ten and, where these are
    /// few, between them.
    pub(in crate::report) fn of_powers((low, high): (f64, f64)) -> Self {
        let (low, high) = (low * 0.85, high * 1.18);
        let is_wide = high / low > 1e4;
        let powers = (-9..9).map(|exponent| 10_f64.powi(exponent));
        let values = powers.flat_map(|power| [1.0, 2.0, 5.0].map(|digit| (digit, digit * power)));
        let within = values.filter(|(_, value)| (low..=high).contains(value));
        let tick = |(digit, value): (f64, f64)| {
            let label = if digit > 1.0 && is_wide {
                String::new()
            } else {
                plain(value)
            };
            (Scale::Log.position(value), label)
        };
        Self {
            scale: Scale::Log,
            low: Scale::Log.position(low),
            high: Scale::Log.position(high),
            ticks: within.map(tick).collect(),
        }
    }

    /// The time since the start of the measured period, in the unit that fits.
    pub(in crate::report) fn of_run(duration_s: f64) -> (Self, &'static str) {
        const STEPS: [f64; 21] = [
            0.1,
            0.5,
            1.0,
            2.0,
            5.0,
            10.0,
            30.0,
            60.0,
            120.0,
            300.0,
            600.0,
            1_800.0,
            3_600.0,
            7_200.0,
            14_400.0,
            43_200.0,
            86_400.0,
            432_000.0,
            864_000.0,
            2_592_000.0,
            5_184_000.0,
        ];
        let fits = |step: &&f64| duration_s / **step <= 12.0;
        let step = STEPS
            .iter()
            .find(fits)
            .copied()
            .unwrap_or(duration_s / 10.0);
        let (unit_s, unit) = match step {
            step if step < 30.0 => (1.0, "seconds"),
            step if step < 3_600.0 => (60.0, "minutes"),
            step if step < 86_400.0 => (3_600.0, "hours"),
            _ => (86_400.0, "days"),
        };
        let ticks = (0..)
            .map(|index| f64::from(index) * step)
            .take_while(|at| *at <= duration_s * (1.0 + 1e-9))
            .map(|at| (at, plain(at / unit_s)));
        let axis = Self {
            scale: Scale::Linear,
            low: 0.0,
            high: duration_s,
            ticks: ticks.collect(),
        };
        (axis, unit)
    }

    /// A part of the shares from 0 to 1 that holds `low` to `high`, in percent.
    pub(in crate::report) fn of_percent((low, high): (f64, f64)) -> Self {
        // What differs by less than this does not differ.
        let span = (high - low).max(1e-4);
        let middle = f64::midpoint(low, high);
        let (low, high) = ((middle - span * 0.58).max(0.0), middle + span * 0.58);
        let step = nice_step((high - low) / 5.0);
        let decimals = decimals(step * 100.0);
        let label = |share: f64| format!("{:.decimals$} %", share * 100.0);
        let mut axis = Self::between((low, high), step, label);
        // Above everything there is room for a point, but no label.
        axis.ticks.retain(|(share, _)| *share < 1.0 + 1e-9);
        axis
    }

    /// Differences from `low` to `high`, with zero among them.
    /// Steps are round in a unit.
    pub(in crate::report) fn of_differences(
        (low, high): (f64, f64),
        unit: f64,
        label: impl Fn(f64) -> String,
    ) -> Self {
        let (low, high) = (low.min(0.0), high.max(0.0));
        let span = if high > low { high - low } else { 1.0 };
        let step = nice_step(span / 4.0 / unit) * unit;
        Self::between((low - span * 0.08, high + span * 0.08), step, label)
    }

    /// An even axis with a tick at every multiple of a step.
    fn between((low, high): (f64, f64), step: f64, label: impl Fn(f64) -> String) -> Self {
        let first = whole((low / step).ceil());
        let last = whole((high / step + 1e-9).floor());
        let ticks = (first..=last)
            .map(|index| f64::from(index) * step)
            .map(|value| (value, label(value)));
        Self {
            scale: Scale::Linear,
            low,
            high,
            ticks: ticks.collect(),
        }
    }

    /// The axis of nines that holds `low`, and `high` before its end.
    pub(in crate::report) fn of_shares(low: f64, high: f64) -> Self {
        let nines = (3..9)
            .find(|nines| 1.0 - 10_f64.powi(-nines) >= high)
            .unwrap_or(9);
        Self::of_nines(low, u32::try_from(nines).expect("from 3 to 9"))
    }

    /// Shares of nearly everything, from `low` on, with all of it at the end.
    pub(in crate::report) fn of_nines(low: f64, most: u32) -> Self {
        let end = f64::from(most) + 1.0;
        let scale = Scale::Nines(end);
        let mut ticks: Vec<(f64, String)> = (1..=most)
            .map(|nines| {
                let share = 1.0 - 10_f64.powi(-whole(f64::from(nines)));
                let decimals = (nines as usize).saturating_sub(2);
                (f64::from(nines), format!("{:.decimals$} %", share * 100.0))
            })
            .collect();
        ticks.push((end, "100 %".to_owned()));
        let low = scale.position(low).floor();
        if low < 1.0 {
            // There is no room for "0 %" beside it; the axis begins there.
            ticks.insert(0, (scale.position(0.5), "50 %".to_owned()));
        }
        ticks.retain(|(position, _)| *position >= low);
        Self {
            scale,
            low,
            high: end,
            ticks,
        }
    }
}

/// The smallest of 1, 2 and 5 times a power of ten that is at least `step`.
fn nice_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    let nice = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .find(|digit| digit * power >= step);
    nice.unwrap_or(10.0) * power
}

/// So many decimals that multiples of a step are told apart.
fn decimals(step: f64) -> usize {
    usize::try_from(whole((-step.log10()).ceil()).clamp(0, 9)).expect("from 0 to 9")
}

/// A number without needless decimals, of which one digit at least is seen.
pub(in crate::report) fn plain(value: f64) -> String {
    let decimals = if value == 0.0 {
        3
    } else {
        decimals(value.abs()).max(3)
    };
    let text = format!("{value:.decimals$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a power of ten of a time or a share"
)]
fn whole(value: f64) -> i32 {
    value as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within() {
        let axis = Axis::from_zero(1_430.0, plain);
        let labels: Vec<&str> = axis.ticks.iter().map(|(_, label)| label.as_str()).collect();
        assert_eq!(labels, ["0", "500", "1000", "1500"]);
        let (axis, unit) = Axis::of_run(1_800.0);
        assert_eq!((axis.ticks.len(), unit), (7, "minutes"));
        let (axis, unit) = Axis::of_run(365.0 * 86_400.0);
        let labels: Vec<&str> = axis.ticks.iter().map(|(_, label)| label.as_str()).collect();
        assert_eq!(labels, ["0", "60", "120", "180", "240", "300", "360"]);
        assert_eq!(unit, "days");
        assert_eq!([0.0, 12.5, 0.0002].map(plain), ["0", "12.5", "0.0002"]);
    }

    #[test]
    fn shares_that_are_close_are_told_apart() {
        let labels = |low, high| -> Vec<String> {
            let ticks = Axis::of_percent((low, high)).ticks.into_iter();
            ticks.map(|(_, label)| label).collect()
        };
        assert_eq!(
            labels(0.9991, 0.9994),
            ["99.91 %", "99.92 %", "99.93 %", "99.94 %"]
        );
        assert_eq!(labels(0.5, 1.0), ["60 %", "80 %", "100 %"]);
        assert_eq!(
            labels(1.0, 1.0).last().map(String::as_str),
            Some("100.000 %")
        );
    }

    #[test]
    fn differences_hold_zero() {
        let labels = |low, high| -> Vec<String> {
            let ticks = Axis::of_differences((low, high), 1.0, plain)
                .ticks
                .into_iter();
            ticks.map(|(_, label)| label).collect()
        };
        assert_eq!(labels(-3.0, -1.0), ["-3", "-2", "-1", "0"]);
        assert!(labels(0.0, 0.0).contains(&"0".to_owned()));
    }

    #[test]
    fn ages_are_labeled_in_the_unit_of_their_step() {
        let labels = |largest_s| -> Vec<String> {
            let ticks = Axis::of_ages(largest_s).ticks.into_iter();
            ticks.map(|(_, label)| label).collect()
        };
        assert_eq!(labels(11.0), ["0 s", "5 s", "10 s"]);
        assert_eq!(labels(620.0), ["0 min", "5 min", "10 min"]);
        assert_eq!(labels(9_000.0), ["0 h", "1 h", "2 h"]);
        assert_eq!(labels(0.0), ["0 s", "1 s"]);
        assert!(labels(1e6).len() > 2);
    }

    #[test]
    fn nines_are_evenly_spaced_and_end_with_everything() {
        let axis = Axis::of_nines(0.95, 4);
        let labels: Vec<&str> = axis.ticks.iter().map(|(_, label)| label.as_str()).collect();
        assert_eq!(labels, ["90 %", "99 %", "99.9 %", "99.99 %", "100 %"]);
        assert!((axis.scale.position(0.999) - 3.0).abs() < 1e-9);
        assert!((axis.scale.position(1.0) - 5.0).abs() < 1e-9);
    }
}
