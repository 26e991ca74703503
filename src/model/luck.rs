//! Luck that is drawn once and serves for several things: who is unlucky in one way is not so in
//! another.

use crate::units::SimTime;

/// The number below which so large a share of all numbers of 32 bits lie.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share of 2^32"
)]
pub(crate) fn threshold(share: f64) -> u64 {
    (share * 2_f64.powi(32)).round() as u64
}

/// The luck of what begins at a time with one of several things, such as that of an attempt with an
/// outage: of 32 bits, and by all that is known independent of that of whatever begins at another
/// time, and with any other thing. Mixed as in `SplitMix64` (Steele, Lea and Flood, 2014).
pub(crate) fn luck(of_request: u32, (begun, thing): (SimTime, u64)) -> u64 {
    let begun = (begun - SimTime::ZERO).as_ns();
    let step = begun.wrapping_add(thing).wrapping_add(1);
    let mut mixed = (u64::from(of_request) << 32) ^ step.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ mixed >> 31) >> 32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SimDuration;

    /// Goal: each attempt has a luck of its own. Method: of 10,000 requests with a share of 30 %,
    /// 30 % fail at each of two attempts, and 9 % at both; within four standard deviations.
    #[test]
    fn luck_differs_from_attempt_to_attempt_and_from_thing_to_thing() {
        let below = threshold(0.3);
        let fails = |request: u32, attempt, outage| {
            let spread = request.wrapping_mul(0x9e37_79b9);
            let begun = SimTime::ZERO + SimDuration::from_millis(attempt);
            luck(spread, (begun, outage)) < below
        };
        let share =
            |fails: &dyn Fn(u32) -> bool| (0..10_000).filter(|&request| fails(request)).count();
        let first = share(&|request| fails(request, 1, 0));
        let both = share(&|request| fails(request, 1, 0) && fails(request, 2, 0));
        let two_things = share(&|request| fails(request, 1, 0) && fails(request, 1, 1));
        assert!(first.abs_diff(3_000) < 184, "{first}");
        assert!(both.abs_diff(900) < 115, "{both}");
        assert!(two_things.abs_diff(900) < 115, "{two_things}");
    }
}
