//! Which of several spans of time hold an instant, asked for instants that hardly go back.

use crate::units::SimTime;

/// The members whose spans hold an instant.
#[derive(Clone, Debug)]
pub(super) struct Roster {
    /// From when on who is there, in order of time.
    shifts: Vec<(SimTime, Vec<usize>)>,
    /// The shift of the last answer, and when it begins and ends.
    last: usize,
    begins: SimTime,
    ends: SimTime,
}

impl Roster {
    /// The roster of members, each with its span.
    pub(super) fn new(spans: &[(usize, [SimTime; 2])]) -> Self {
        let mut changes: Vec<(SimTime, bool, usize)> = Vec::new();
        for &(member, [start, end]) in spans {
            changes.extend([(start, true, member), (end, false, member)]);
        }
        changes.sort_unstable();
        let mut shifts: Vec<(SimTime, Vec<usize>)> = vec![(SimTime::ZERO, Vec::new())];
        for (at, comes, member) in changes {
            let (since, there) = shifts.last().expect("there is a first");
            if *since < at {
                let there = there.clone();
                shifts.push((at, there));
            }
            let (_, there) = shifts.last_mut().expect("there is a first");
            if comes {
                there.push(member);
            } else {
                there.retain(|&other| other != member);
            }
        }
        let mut roster = Self {
            shifts,
            last: 0,
            begins: SimTime::ZERO,
            ends: SimTime::ZERO,
        };
        roster.look_up(SimTime::ZERO);
        roster
    }

    /// Who is there at an instant.
    #[inline]
    pub(super) fn at(&mut self, at: SimTime) -> &[usize] {
        if at < self.begins || at >= self.ends {
            self.look_up(at);
        }
        &self.shifts[self.last].1
    }

    /// Finds the shift of an instant.
    #[cold]
    fn look_up(&mut self, at: SimTime) {
        let next = self.shifts.partition_point(|(since, _)| *since <= at);
        self.last = next - 1;
        self.begins = self.shifts[self.last].0;
        self.ends = self
            .shifts
            .get(next)
            .map_or(SimTime::NEVER, |(since, _)| *since);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_there_is_told_in_any_order() {
        let at = SimTime::from_ns;
        let mut roster = Roster::new(&[(7, [at(10), at(20)]), (3, [at(15), at(20)])]);
        for (instant, expected) in [
            (0, &[][..]),
            (15, &[7, 3]),
            (14, &[7]),
            (19, &[7, 3]),
            (20, &[]),
            (10, &[7]),
        ] {
            assert_eq!(roster.at(at(instant)), expected, "{instant}");
        }
    }
}
