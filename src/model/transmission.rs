//! What TCP does with what the network loses: it sends it again, later and later.
//!
//! A message (the handshake of a connection, a request, an answer, the same of a probe or a pull) is
//! one thing: it is lost as a whole, with the chance that the way has when it is sent. What is lost
//! is sent again when its retransmission time-out strikes, which doubles each time (RFC 6298) up to
//! [`TIMEOUT_MAX`]. The first is 1 s for a handshake (RFC 6298), and for data what Linux makes of a
//! steady round trip: that and 200 ms (`TCP_RTO_MIN`). As in Linux, a handshake is sent again six
//! times (`tcp_syn_retries`) and data fifteen times (`tcp_retries2`).

use crate::model::entity::Impairment;
use crate::random::Stream;
use crate::units::{Ratio, SimDuration};

/// The first retransmission time-out of a handshake.
const HANDSHAKE_TIMEOUT: SimDuration = SimDuration::from_secs(1);
/// What the retransmission time-out of data exceeds the round trip by.
const DATA_MARGIN: SimDuration = SimDuration::from_millis(200);
/// The longest retransmission time-out, as in Linux (`TCP_RTO_MAX`).
const TIMEOUT_MAX: SimDuration = SimDuration::from_secs(120);

/// What goes over a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    /// The first packet of a connection; it stands for the whole handshake.
    Handshake,
    /// Data from who has opened the connection.
    Request,
    /// Data from the other side.
    Answer,
}

impl Message {
    /// How long after it was sent for the `tries`th time again it is sent once more, at this round
    /// trip.
    pub(crate) fn wait(self, rtt: SimDuration, tries: u8) -> SimDuration {
        let first = match self {
            Self::Handshake => HANDSHAKE_TIMEOUT,
            Self::Request | Self::Answer => rtt + DATA_MARGIN,
        };
        (first * (1 << tries)).min(TIMEOUT_MAX.max(first))
    }

    /// How often it is sent again before its sender gives up.
    pub(crate) const fn tries_max(self) -> u8 {
        match self {
            Self::Handshake => 6,
            Self::Request | Self::Answer => 15,
        }
    }

    /// How much later a message comes than it would if nothing were wrong with its way, at this
    /// round trip; `None` if it does not.
    pub(crate) fn late_by(
        self,
        way: Impairment,
        (rtt, luck): (SimDuration, &mut Stream),
    ) -> Option<SimDuration> {
        if way.is_partition() {
            return None;
        }
        let is_lost = |_: u8| way.loss > Ratio::ZERO && luck.unit() < way.loss.as_f64();
        self.sent_again_for(rtt, is_lost)
            .map(|waited| way.delay + waited)
    }

    /// How long a message is sent again and again until it gets through; `None` if its sender gives
    /// up.
    pub(crate) fn sent_again_for(
        self,
        rtt: SimDuration,
        mut is_lost: impl FnMut(u8) -> bool,
    ) -> Option<SimDuration> {
        let mut waited = SimDuration::ZERO;
        for tries in 0..=self.tries_max() {
            if !is_lost(tries) {
                return Some(waited);
            }
            waited += self.wait(rtt, tries);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Goal: the schedule is that of Linux: a handshake is given up after 127 s, data after 924.6 s
    /// where the round trip is nothing.
    #[test]
    fn senders_give_up_as_linux_does() {
        let given_up = |message: Message| -> f64 {
            let tries = 0..=message.tries_max();
            let waits = tries.map(|tries| message.wait(SimDuration::ZERO, tries).as_secs_f64());
            waits.sum()
        };
        assert!((given_up(Message::Handshake) - 127.0).abs() < 1e-9);
        assert!((given_up(Message::Request) - 924.6).abs() < 1e-9);
    }

    #[test]
    fn a_message_is_late_by_the_waits_of_all_that_was_lost() {
        let rtt = SimDuration::from_millis(100);
        let after =
            |message: Message, losses: u8| message.sent_again_for(rtt, |tries| tries < losses);
        assert_eq!(after(Message::Request, 0), Some(SimDuration::ZERO));
        assert_eq!(
            after(Message::Request, 2),
            Some(SimDuration::from_millis(900))
        );
        assert_eq!(
            after(Message::Handshake, 3),
            Some(SimDuration::from_secs(7))
        );
        assert_eq!(after(Message::Handshake, 7), None);
    }
}
