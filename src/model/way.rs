//! How agents find the way of an attempt: by a live connection if they have one, else by their
//! answer if that still holds, else where the router says.

use crate::model::connections::{Carried, Link};
use crate::model::dns::{Resolved, Source};
use crate::model::entity::RegionId;
use crate::model::population::Population;
use crate::model::router::Router;
use crate::model::trip::Way;
use crate::units::{SimDuration, SimTime};

impl Population<'_> {
    /// The way of a first attempt.
    #[inline]
    pub(super) fn first_way(&mut self, now: SimTime, agent: u32, router: &Router<'_>) -> Way {
        let deviation = self.draw_handshake();
        if let Some(way) = self.carried(now, agent) {
            return way;
        }
        let (id, stream) = (self.id, &mut self.routing);
        let ask = || router.answer(id, stream);
        let resolved = self.caches.resolve(now, agent, ask);
        self.connect(agent, &resolved, deviation)
    }

    /// The way of a later attempt, found as that of the first was.
    pub(super) fn way_again(&mut self, now: SimTime, agent: u32, router: &Router<'_>) -> Way {
        let deviation = self.draw_handshake_again();
        if let Some(way) = self.carried(now, agent) {
            return way;
        }
        let (id, stream) = (self.id, self.retries.stream());
        let ask = || router.answer(id, stream);
        let resolved = self.caches.resolve(now, agent, ask);
        self.connect(agent, &resolved, deviation)
    }

    /// The way of a later attempt to another region than `avoided`. A connection that the agent has
    /// stays its own; this one is beside it, and used once.
    pub(super) fn way_elsewhere(
        &mut self,
        now: SimTime,
        (agent, avoided): (u32, RegionId),
        router: &mut Router<'_>,
    ) -> Way {
        let deviation = self.draw_handshake_again();
        let resolved = Resolved {
            region: router.answer_other_than(avoided, self.id, self.retries.stream()),
            ready: now + self.spec.client.dns.lookup,
            source: Source::Router,
        };
        match &self.connections {
            Some(connections) if connections.has(now, agent) => {
                if connections.leads(now, agent) == Some(resolved.region) {
                    // There is nowhere else.
                    return self.carried(now, agent).expect("it has one");
                }
                let rtt = self.handshake_rtt(resolved.region, deviation);
                let handshake = connections.handshake(rtt);
                Way::of(&resolved, Link::Opening { handshake })
            }
            _ => self.connect(agent, &resolved, deviation),
        }
    }

    /// The way over the connection that `agent` has, if it has one.
    #[inline]
    fn carried(&mut self, now: SimTime, agent: u32) -> Option<Way> {
        let Carried {
            region,
            ready,
            begun,
            link,
        } = self.connections.as_mut()?.of(now, agent)?;
        let source = match link {
            Link::Open { .. } => Source::Connection,
            // Begun moments ago, by what the agent knew then.
            Link::Opening { .. } | Link::Unmodelled => Source::Cache,
        };
        Some(Way {
            region,
            source,
            leaves: ready,
            begun,
            link,
        })
    }

    /// Lets `agent` connect to where it has been sent.
    fn connect(&mut self, agent: u32, resolved: &Resolved, deviation: f64) -> Way {
        if self.connections.is_none() {
            return Way::of(resolved, Link::Unmodelled);
        }
        let rtt = self.handshake_rtt(resolved.region, deviation);
        let connections = self.connections.as_mut().expect("looked at just now");
        let link = connections.open(agent, (resolved.region, rtt), resolved.ready);
        Way::of(resolved, link)
    }

    /// Draws what makes a handshake longer or shorter than the median, if the first attempt should
    /// need one.
    fn draw_handshake(&mut self) -> f64 {
        match &mut self.connections {
            Some(connections) if self.sigma > 0.0 => connections.stream().normal(),
            _ => 0.0,
        }
    }

    /// The same for a later attempt, which shifts no first attempt's draws.
    fn draw_handshake_again(&mut self) -> f64 {
        match self.connections {
            Some(_) if self.sigma > 0.0 => self.retries.stream().normal(),
            _ => 0.0,
        }
    }

    /// The round trip that a handshake to a region meets.
    fn handshake_rtt(&self, region: RegionId, deviation: f64) -> SimDuration {
        self.spec.rtt[region].scaled((self.sigma * deviation).exp())
    }
}
