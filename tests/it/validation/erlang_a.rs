//! The queue whose clients give up, solved: M/M/c+M, with patience that ends in service as well.
//!
//! Patience and service are exponential, so that neither remembers: with n in the system the next
//! leaves at the rate min(n, c) mu + n theta. Whoever finds n >= c is k = n - c + 1 th in the line and
//! moves up at the rate c (mu + theta) + (k - 1) theta, or gives up at the rate theta; who moves up has
//! waited, whatever comes of it, for an exponential time of the sum of both.

/// Rates of arrival, of one server and of one client's patience, and how many servers there are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ErlangA {
    pub(crate) arrival: f64,
    pub(crate) service: f64,
    pub(crate) patience: f64,
    pub(crate) servers: u32,
}

/// Its stationary figures.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Solved {
    /// The share of arrivals that are answered.
    pub(crate) answered: f64,
    /// Their mean time in the system.
    pub(crate) time: f64,
    /// Busy share of the servers.
    pub(crate) utilization: f64,
}

impl ErlangA {
    pub(crate) fn solved(self) -> Solved {
        let servers = f64::from(self.servers);
        // Weights of 0 to 2,000 in the system: far beyond what patience lets happen.
        let mut weights = vec![1.0];
        for number in (1..=2_000).map(f64::from) {
            let leave = number.min(servers) * self.service + number * self.patience;
            let last = weights[weights.len() - 1];
            weights.push(last * self.arrival / leave);
        }
        let total: f64 = weights.iter().sum();
        let in_service = self.service + self.patience;
        // Of who finds so many: the chance to be served, and the mean wait if so.
        let (mut reaches, mut wait) = (1.0, 0.0);
        let (mut served, mut waited, mut busy) = (0.0, 0.0, 0.0);
        for (number, weight) in (0_u32..).zip(&weights) {
            let chance = weight / total;
            busy += chance * f64::from(number.min(self.servers)) / servers;
            if number >= self.servers {
                let ahead = f64::from(number - self.servers);
                let moves = servers * in_service + ahead * self.patience;
                reaches *= moves / (moves + self.patience);
                wait += 1.0 / (moves + self.patience);
            }
            served += chance * reaches;
            waited += chance * reaches * wait;
        }
        Solved {
            answered: served * self.service / in_service,
            time: waited / served + 1.0 / in_service,
            utilization: busy,
        }
    }
}

/// Goal: the limits. Method: clients of endless patience are M/M/c; one server whose clients hardly
/// wait is M/M/1/1.
#[test]
fn its_limits_are_known_queues() {
    use gatefleet::stats::queueing::{Offered, erlang_b, mmc_mean_time};
    let offered = Offered {
        arrival_rate: 3.2,
        mean_service: 1.0,
    };
    let queue = ErlangA {
        arrival: 3.2,
        service: 1.0,
        patience: 1e-9,
        servers: 4,
    };
    let patient = queue.solved();
    assert!((patient.time - mmc_mean_time(offered, 4)).abs() < 1e-6);
    assert!((patient.answered - 1.0).abs() < 1e-6);
    assert!((patient.utilization - 0.8).abs() < 1e-6);
    // Answered at the rate of service: every client that is in service gives up at the same rate.
    let hasty = ErlangA {
        patience: 1.0,
        servers: 1,
        ..queue
    };
    let throughput = hasty.solved().utilization * hasty.service;
    assert!((hasty.solved().answered - throughput / hasty.arrival).abs() < 1e-9);
    assert!(hasty.solved().utilization > 1.0 - erlang_b(1, 1.6));
}
