//! The time to come in days of one length, each with a list of what happens on it. Only the day that has
//! come is put in order.
//!
//! This is the calendar queue of Brown (1988), with days so short that the few events of one can be sorted
//! without a branch that depends on their times: each is put where the number of those after it says. To
//! schedule an event is to put it on a list. That leaves a processor nothing to guess.

use crate::engine::event_queue::pending::Pending;
use crate::engine::heap::Ordered;
use crate::units::SimTime;

/// A day is to have at most so many of the next events: neither lists nor days without any are to cost
/// much.
const EVENTS_A_DAY: u64 = 4;

/// The least number of days.
const DAYS_MIN: usize = 1024;

/// A day with more events is sorted in the ordinary way.
const MANY: usize = 64;

/// Behind the last event of a list.
const END: u32 = u32::MAX;

/// Pending events of the near future.
#[derive(Clone, Debug)]
pub(super) struct Days<E> {
    /// What is left of the day that was opened last, the latest first.
    today: Vec<Pending<E>>,
    /// Whether the last one of `today` has happened.
    is_taken: bool,
    /// A day takes 2^`day_bits` nanoseconds.
    day_bits: u32,
    /// The number of the day after `today`, counted from the beginning of time.
    tomorrow: u64,
    /// Where the list of each day to come begins, by its number; a power of two.
    lists: Box<[u32]>,
    /// The events on the lists, in places that are used again.
    places: Vec<Pending<E>>,
    /// For each place the next one on its list. Apart from the events, so that lists can be followed
    /// in the processor's nearest cache.
    next: Vec<u32>,
    /// Where the list of the free places begins.
    free: u32,
    /// How many are on the lists of days.
    listed: usize,
    /// How many there were at first.
    count_at_first: usize,
    /// What is to be put in order.
    unsorted: Vec<Pending<E>>,
}

impl<E: Copy> Days<E> {
    /// Days that fit these events, of which there has to be one; they begin with the first. What there is
    /// no room for is passed to `overflow`.
    pub(super) fn of(mut pending: Vec<Pending<E>>, overflow: impl FnMut(Pending<E>)) -> Self {
        let count = pending.len();
        let (next, &mut middle, _) = pending.select_nth_unstable_by_key(count / 2, Pending::order);
        let first = next.iter().map(|pending| pending.at).min();
        let first = first.unwrap_or(middle.at);
        let span = middle.at.since(first).as_ns();
        let day = span.saturating_mul(EVENTS_A_DAY) / (next.len() as u64).max(1);
        let day_bits = day.max(1).ilog2();
        let mut days = Self {
            today: Vec::new(),
            is_taken: false,
            day_bits,
            tomorrow: first.as_ns() >> day_bits,
            lists: vec![END; DAYS_MIN.max(count).next_power_of_two()].into(),
            places: Vec::with_capacity(count),
            next: Vec::with_capacity(count),
            free: END,
            listed: 0,
            count_at_first: count,
            unsorted: Vec::new(),
        };
        let no_room = |pending: &Pending<E>| !days.add(pending.at, pending.sequence, pending.event);
        pending.into_iter().filter(no_room).for_each(overflow);
        days
    }

    /// Number of pending events.
    pub(super) fn len(&self) -> usize {
        self.today.len() - usize::from(self.is_taken) + self.listed
    }

    /// Whether days are still about as long as they should be, by how many events there were at first.
    pub(super) fn fit(&self) -> bool {
        (self.count_at_first / 8..=2 * self.count_at_first).contains(&self.listed)
    }

    /// Puts an event on its day, unless that has been opened or is too far away.
    #[expect(
        clippy::inline_always,
        reason = "every event comes here: 2 % of the time of a large fleet"
    )]
    #[inline(always)]
    pub(super) fn add(&mut self, at: SimTime, sequence: u64, event: E) -> bool {
        let day = at.as_ns() >> self.day_bits;
        if day.wrapping_sub(self.tomorrow) >= self.lists.len() as u64 {
            return false;
        }
        let page = self.page(day);
        let list = &mut self.lists[page];
        if let Some(next) = self.next.get_mut(self.free as usize) {
            // Field by field: an event that was made a moment ago is not read in larger pieces
            // without a wait.
            let place = &mut self.places[self.free as usize];
            place.at = at;
            place.sequence = sequence;
            place.event = event;
            let place = std::mem::replace(&mut self.free, *next);
            *next = std::mem::replace(list, place);
        } else {
            let place = u32::try_from(self.next.len()).expect("fewer than 2^32 events at once");
            self.places.push(Pending {
                at,
                sequence,
                event,
            });
            self.next.push(std::mem::replace(list, place));
        }
        self.listed += 1;
        true
    }

    /// Where the beginning of a day's list is among `lists`.
    #[inline]
    fn page(&self, day: u64) -> usize {
        let page = day & (self.lists.len() as u64 - 1);
        usize::try_from(page).expect("there are as many")
    }

    /// Whether nothing is left of the day that was opened last, after what has been taken.
    #[inline]
    pub(super) fn is_day_over(&mut self) -> bool {
        if std::mem::take(&mut self.is_taken) {
            self.today.pop();
        }
        self.today.is_empty()
    }

    /// The first event that is left of the day.
    #[inline]
    pub(super) fn first(&self) -> Option<&Pending<E>> {
        self.today.last()
    }

    /// Takes the first event that is left of the day.
    #[inline]
    pub(super) fn take(&mut self) -> Option<&Pending<E>> {
        self.is_taken = true;
        self.today.last()
    }

    /// Until when nothing happens: the next event of the day, or the day's end.
    pub(super) fn quiet_until(&self) -> SimTime {
        let mut left = self.today.iter().rev().skip(usize::from(self.is_taken));
        let end_of_day = SimTime::from_ns(self.tomorrow << self.day_bits);
        left.next().map_or(end_of_day, |next| next.at)
    }

    /// Opens the next day on which something happens; there has to be one.
    pub(super) fn open_next(&mut self) {
        let mut place = END;
        while place == END {
            let page = self.page(self.tomorrow);
            place = std::mem::replace(&mut self.lists[page], END);
            self.tomorrow = self.tomorrow.wrapping_add(1);
        }
        self.unsorted.clear();
        while let Some(next) = self.next.get_mut(place as usize) {
            self.unsorted.push(self.places[place as usize]);
            let free = std::mem::replace(&mut self.free, place);
            place = std::mem::replace(next, free);
        }
        self.listed -= self.unsorted.len();
        self.sort();
    }

    /// Puts the day in order.
    fn sort(&mut self) {
        self.today.clone_from(&self.unsorted);
        if self.unsorted.len() > MANY {
            let latest_first = |pending: &Pending<E>| !pending.order();
            return self.today.sort_unstable_by_key(latest_first);
        }
        for pending in &self.unsorted {
            let order = pending.order();
            let is_later = |other: &Pending<E>| usize::from(other.order() > order);
            let later: usize = self.unsorted.iter().map(is_later).sum();
            self.today[later] = *pending;
        }
    }

    /// All events, in no order.
    pub(super) fn into_events(mut self) -> Vec<Pending<E>> {
        let mut events = Vec::with_capacity(self.len());
        self.is_day_over();
        events.append(&mut self.today);
        for mut place in self.lists {
            while let Some(&next) = self.next.get(place as usize) {
                events.push(self.places[place as usize]);
                place = next;
            }
        }
        events
    }
}
