//! How agents find the way of an attempt: by a live connection if they have one, else by their
//! answer if that still holds, else where the router says.

use crate::model::dns::{Resolved, Source};
use crate::model::entity::RegionId;
use crate::model::population::Population;
use crate::model::router::Router;
use crate::model::trip::{Attempt, Link, Way};
use crate::units::{SimDuration, SimTime};

impl Population<'_> {
    /// The way of an attempt.
    #[expect(
        clippy::inline_always,
        reason = "every request comes here: 2 % of all instructions"
    )]
    #[inline(always)]
    pub(super) fn way(
        &mut self,
        now: SimTime,
        (agent, attempt): (u32, Attempt),
        router: &mut Router<'_>,
    ) -> Way {
        let deviation = self.draw_handshake(attempt);
        if let Some(connections) = &self.connections
            && let Some(way) = connections.way(now, &mut self.agents.get_mut(agent).connection)
        {
            return way;
        }
        let id = self.id;
        let stream = match attempt {
            Attempt::First => &mut self.routing,
            Attempt::Later => &mut self.rerouting,
        };
        let answer = &self.agents.get(agent).answer;
        let resolved = if let Some(held) = self.caches.held(now, (agent, answer)) {
            held
        } else {
            let answer = &mut self.agents.get_mut(agent).answer;
            let region = router.answer(now, id, stream);
            self.caches.asked(now, (agent, answer), region)
        };
        match resolved.source {
            Source::DeadAddress => Way::of(&resolved, Link::DeadAddress),
            Source::Router if router.nameless(resolved.region).is_some() => {
                self.agents.get_mut(agent).answer.forget();
                Way::of(&resolved, Link::NoAddress)
            }
            _ => self.connect(agent, &resolved, deviation),
        }
    }

    /// The way of a later attempt to another region than `avoided`. A connection that the agent has
    /// stays its own; this one is beside it, and used once.
    pub(super) fn way_elsewhere(
        &mut self,
        now: SimTime,
        (agent, avoided): (u32, RegionId),
        router: &mut Router<'_>,
    ) -> Way {
        let deviation = self.draw_handshake(Attempt::Later);
        let resolved = Resolved {
            region: router.answer_other_than(avoided, (now, self.id), &mut self.rerouting),
            ready: now + self.caches.lookup(),
            source: Source::Router,
        };
        if router.nameless(resolved.region).is_some() {
            return Way::of(&resolved, Link::NoAddress);
        }
        let connection = &mut self.agents.get_mut(agent).connection;
        let connections = self.connections.as_ref();
        let Some(connections) = connections.filter(|_| connection.is_alive(now)) else {
            return self.connect(agent, &resolved, deviation);
        };
        if connection.leads(now) && connection.region() == resolved.region {
            // There is nowhere else.
            return connections.way(now, connection).expect("it has one");
        }
        let rtt = self.handshake_rtt(resolved.region, deviation);
        let handshake = connections.handshake(rtt);
        Way::of(&resolved, Link::Opening { handshake })
    }

    /// Lets `agent` connect to where it has been sent.
    #[expect(
        clippy::inline_always,
        reason = "every request comes here: 2 % of all instructions"
    )]
    #[inline(always)]
    fn connect(&mut self, agent: u32, resolved: &Resolved, deviation: f64) -> Way {
        self.agents.hear_of(resolved.region);
        let Some(connections) = &self.connections else {
            return Way::of(resolved, Link::Unmodeled);
        };
        let rtt = self.handshake_rtt(resolved.region, deviation);
        let connection = &mut self.agents.get_mut(agent).connection;
        let link = connections.open(connection, (resolved.region, rtt), resolved.ready);
        Way::of(resolved, link)
    }

    /// Draws what makes a handshake longer or shorter than the median, if the attempt should need
    /// one.
    fn draw_handshake(&mut self, attempt: Attempt) -> f64 {
        match (&mut self.connections, attempt) {
            (None, _) => 0.0,
            _ if self.sigma == 0.0 => 0.0,
            (Some(connections), Attempt::First) => connections.stream().normal(),
            (Some(_), Attempt::Later) => self.retries.stream().normal(),
        }
    }

    /// The round trip that a handshake to a region meets.
    fn handshake_rtt(&self, region: RegionId, deviation: f64) -> SimDuration {
        let rtt = self.spec.rtt[region].scaled((self.sigma * deviation).exp());
        rtt + self.to[region].added * 2
    }
}
