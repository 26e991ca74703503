//! Queues that are solved in closed form: the yardsticks of the simulator.
//!
//! Arrivals are Poisson, servers are alike, the line is first come, first served. Notation is
//! Kendall's: M/M/c has exponential service and c servers, M/M/c/K also has only K places,
//! those in service included, M/G/1 has any law of service, M/M/1//N serves N users who think
//! between their requests.
//!
//! Sources: Gross, Shortle, Thompson, Harris, *Fundamentals of Queueing Theory* (4th ed. 2008),
//! sections 2.3 (M/M/c), 2.5 (M/M/c/K), 2.6 (Erlang B) and 5.1 (Pollaczek-Khinchine);
//! Reiser, Lavenberg, "Mean-value analysis of closed multichain queuing networks", J. ACM 27
//! (1980), for M/M/1//N; Krishnan, "Joining the right queue: a state-dependent decision rule", IEEE
//! Trans. Automatic Control 35 (1990), for what one more in M/M/c costs.
//!
//! What this file is not: it neither estimates nor simulates. Rates and times may be in any
//! unit, as long as one is the inverse of the other.

/// What is offered to a station.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Offered {
    /// Arrivals per unit of time.
    pub arrival_rate: f64,
    /// Mean service time.
    pub mean_service: f64,
}

impl Offered {
    /// The offered load, in erlang: how many servers would be busy if none were missing.
    pub fn load(self) -> f64 {
        self.arrival_rate * self.mean_service
    }
}

/// The size of a station with a bounded line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Servers.
    pub servers: u32,
    /// Places for those in service and those who wait: at least one for every server.
    pub places: u32,
}

/// Users of one server who each think, ask, wait for the answer, and think again: the machines of
/// a repairman.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClosedLoop {
    /// How many.
    pub users: u32,
    /// The mean time from an answer to the user's next request; any law.
    pub mean_think: f64,
    /// The mean service time, which is exponential.
    pub mean_service: f64,
}

impl ClosedLoop {
    /// Requests answered per unit of time (M/M/1//N).
    pub fn throughput(self) -> f64 {
        f64::from(self.users) / (self.mean_think + self.mean_time())
    }

    /// The mean time in the system, waiting and service (M/M/1//N). Whoever joins finds what
    /// there would be without them: with each user more, the mean number in the system follows
    /// from the one before by Little's law.
    pub fn mean_time(self) -> f64 {
        let (mut time, mut number) = (0.0, 0.0);
        for users in 1..=self.users {
            time = self.mean_service * (1.0 + number);
            number = f64::from(users) * time / (self.mean_think + time);
        }
        time
    }
}

/// What one more in the system costs all who are there or will come, in time (M/M/c): its own time
/// in the system, and by how much longer the others take for it.
///
/// With v the relative values of the Poisson equation, whose cost rate is the number in the system,
/// it is v(n + 1) - v(n) for who finds n. Everybody's service takes as long as it does, so that only
/// waiting counts; D(n), the waiting that one more brings, follows from the balance of the equation
/// between n and n - 1. From the servers on, D grows by mean service / idle servers for each who is
/// there: the busy period that one more prolongs. Below, arrival rate x D(n) = n x service rate x
/// D(n - 1) + the mean number waiting, which is Erlang's recursion for 1 / B: D(n) is proportional
/// to 1 / B(n). Both are evaluated without a difference of large numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct JoiningCost {
    mean_service: f64,
    /// The waiting that one more brings who finds 0, 1, ... servers in the system.
    waiting: Vec<f64>,
    /// What each who is there beyond the servers adds to that.
    step: f64,
}

impl JoiningCost {
    /// The cost at a station.
    ///
    /// # Panics
    /// If the servers cannot keep up.
    pub fn new(offered: Offered, servers: u32) -> Self {
        let (load, count) = (offered.load(), f64::from(servers));
        assert!(load < count, "a queue that only grows has no steady state");
        // What B(k) is of B(k - 1).
        let mut loss = 1.0;
        let ratios = (1..=servers).map(|k| {
            let ratio = load / (f64::from(k) + load * loss);
            loss *= ratio;
            ratio
        });
        let ratios: Vec<f64> = ratios.collect();
        let step = offered.mean_service / (count - load);
        let all_busy = step / (1.0 - load / count * (1.0 - loss));
        let mut waiting = vec![all_busy];
        for ratio in ratios.iter().rev() {
            waiting.push(waiting[waiting.len() - 1] * ratio);
        }
        waiting.reverse();
        Self {
            mean_service: offered.mean_service,
            waiting,
            step,
        }
    }

    /// The cost of one more where so many are in the system already: 0 or more, a mean if need be,
    /// between whose neighbors the cost is taken to be linear.
    pub fn at(&self, number: f64) -> f64 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "no more than there are servers; less than nobody is nobody"
        )]
        let below = (number as usize).min(self.waiting.len() - 1);
        let rest = number - below as f64;
        let here = self.waiting[below];
        let slope = match self.waiting.get(below + 1) {
            Some(next) => next - here,
            None => self.step,
        };
        self.mean_service + here + rest * slope
    }
}

/// The share of arrivals lost when there is no line (M/G/c/c, any law of service).
///
/// `offered_load` is in erlang.
pub fn erlang_b(servers: u32, offered_load: f64) -> f64 {
    let room = Room {
        servers,
        places: servers,
    };
    mmck_loss(offered_load, room)
}

/// The share of arrivals that must wait (M/M/c); 1 if the servers cannot keep up.
///
/// `offered_load` is in erlang.
pub fn erlang_c(servers: u32, offered_load: f64) -> f64 {
    let utilization = offered_load / f64::from(servers);
    if utilization >= 1.0 {
        return 1.0;
    }
    let loss = erlang_b(servers, offered_load);
    loss / (1.0 - utilization * (1.0 - loss))
}

/// The mean time in the system, waiting and service (M/M/c); infinite if the servers cannot
/// keep up.
pub fn mmc_mean_time(offered: Offered, servers: u32) -> f64 {
    let idle_servers = f64::from(servers) - offered.load();
    if idle_servers <= 0.0 {
        return f64::INFINITY;
    }
    let waiting = erlang_c(servers, offered.load()) / idle_servers;
    offered.mean_service * (1.0 + waiting)
}

/// What one more arrival per unit of time costs all, in time (M/M/c): the derivative of arrival rate
/// x mean time in the system; infinite if the servers cannot keep up.
///
/// From that of Erlang's formula, dB/da = (c / a - 1 + B) B for c servers and an offered load a.
pub fn mmc_marginal_time(offered: Offered, servers: u32) -> f64 {
    let (load, count) = (offered.load(), f64::from(servers));
    let idle = count - load;
    if idle <= 0.0 {
        return f64::INFINITY;
    }
    // Erlang's recursion for 1 / B, without a division; what overflows is no loss at all.
    let per_load = load.recip();
    let inverse = (1..=servers).fold(1.0, |inverse, k| 1.0 + f64::from(k) * per_load * inverse);
    let loss = 1.0 / inverse;
    // Derivatives are multiplied by the load, which may be 0.
    let loss_slope = (idle + load * loss) * loss;
    let free = count - load * (1.0 - loss);
    let free_slope = load * (loss_slope - (1.0 - loss));
    let wait = count * loss / free;
    let wait_slope = count * (loss_slope * free - loss * free_slope) / (free * free);
    offered.mean_service * (1.0 + wait_slope / idle + wait * count / (idle * idle))
}

/// The share of arrivals that find every place taken (M/M/c/K).
///
/// `offered_load` is in erlang and may exceed the servers.
///
/// # Panics
/// If there are fewer places than servers.
pub fn mmck_loss(offered_load: f64, room: Room) -> f64 {
    mmck(offered_load, room).full
}

/// The mean number in the system, in service and waiting (M/M/c/K).
///
/// By Little's law the mean time in the system is this number over the rate of arrivals that
/// found a place. `offered_load` is in erlang and may exceed the servers.
///
/// # Panics
/// If there are fewer places than servers.
pub fn mmck_mean_number(offered_load: f64, room: Room) -> f64 {
    mmck(offered_load, room).mean_number
}

/// The mean time in the system, waiting and service (M/G/1); infinite if the server cannot
/// keep up.
///
/// `scv` is the squared coefficient of variation of the service time: its variance over its
/// squared mean; 0 for constant, 1 for exponential service.
pub fn pollaczek_khinchine_mean_time(offered: Offered, scv: f64) -> f64 {
    let utilization = offered.load();
    if utilization >= 1.0 {
        return f64::INFINITY;
    }
    let waiting = utilization * (1.0 + scv) / (2.0 * (1.0 - utilization));
    offered.mean_service * (1.0 + waiting)
}

/// The stationary state of M/M/c/K.
struct Mmck {
    /// The probability that every place is taken.
    full: f64,
    mean_number: f64,
}

/// Adds one place after the other. With one more place the probability of the last follows from
/// that of the one before by the balance between the two, and every other shrinks by the same
/// factor: Erlang's recursion, which neither overflows nor cancels, for any birth and death.
fn mmck(offered_load: f64, room: Room) -> Mmck {
    assert!(
        room.places >= room.servers,
        "a server is a place: {room:?} has too few"
    );
    let no_place = Mmck {
        full: 1.0,
        mean_number: 0.0,
    };
    (1..=room.places).fold(no_place, |smaller, places| {
        let birth_over_death = offered_load / f64::from(places.min(room.servers));
        let weight = birth_over_death * smaller.full;
        let full = weight / (1.0 + weight);
        Mmck {
            full,
            mean_number: smaller.mean_number * (1.0 - full) + f64::from(places) * full,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Goal: the value that is published. Method: half a unit of its last digit.
    fn check(name: &str, found: f64, published: f64, last_digit: f64) {
        assert!(
            (found - published).abs() <= last_digit / 2.0,
            "{name}: {found}, published {published}"
        );
    }

    fn offered(arrival_rate: f64, mean_service: f64) -> Offered {
        Offered {
            arrival_rate,
            mean_service,
        }
    }

    #[test]
    fn erlang_b_is_that_of_the_tables() {
        for (servers, load, published) in [
            (0, 3.0, 1.0),
            (1, 1.0, 0.5),
            (5, 3.0, 0.110_054),
            (10, 5.0, 0.018_385),
            (10, 10.0, 0.214_582),
        ] {
            let name = format!("B({servers}, {load})");
            check(&name, erlang_b(servers, load), published, 1e-6);
        }
        // Factorials of the textbook's form would overflow here; Ramanujan's series does not.
        let thousand = 1.0 / ((500.0 * std::f64::consts::PI).sqrt() + 2.0 / 3.0);
        check("B(1000, 1000)", erlang_b(1_000, 1_000.0), thousand, 1e-4);
    }

    #[test]
    fn erlang_c_is_that_of_the_tables() {
        check("C(1, 0.8)", erlang_c(1, 0.8), 0.8, 1e-12);
        check("C(3, 2)", erlang_c(3, 2.0), 4.0 / 9.0, 1e-12);
        check("C(2, 2)", erlang_c(2, 2.0), 1.0, 1e-12);
        check("C(2, 7)", erlang_c(2, 7.0), 1.0, 1e-12);
        check("C(0, 1)", erlang_c(0, 1.0), 1.0, 1e-12);
    }

    #[test]
    fn mmc_mean_times_are_those_of_the_books() {
        check("M/M/1", mmc_mean_time(offered(0.8, 1.0), 1), 5.0, 1e-12);
        let sixteen = mmc_mean_time(offered(13.6, 1.0), 16);
        check("M/M/16", sixteen, 1.180_509, 1e-6);
        // The clinic of Gross and Harris: 6 an hour, 20 minutes each, 3 doctors.
        let clinic = mmc_mean_time(offered(6.0 / 60.0, 20.0), 3);
        check("clinic", clinic, 28.9, 0.1);
        assert!(mmc_mean_time(offered(2.0, 1.0), 2).is_infinite());
    }

    /// Goal: the car inspection of Gross and Harris: 1 a minute, 6 minutes each, 3 stalls, 4 in
    /// line; the book has 6.06 cars inside. Method: by hand, the weights of 0 to 7 cars are 1, 6,
    /// 18, 36, 72, 144, 288 and 576, together 1141.
    #[test]
    fn mmck_is_that_of_the_books() {
        let stalls = Room {
            servers: 3,
            places: 7,
        };
        check("lost", mmck_loss(6.0, stalls), 576.0 / 1_141.0, 1e-12);
        let inside = mmck_mean_number(6.0, stalls);
        check("cars inside", inside, 6_918.0 / 1_141.0, 1e-12);
        check("cars inside, as printed", inside, 6.06, 0.01);
    }

    /// Goal: the limits of M/M/c/K. Method: at a load of one every number in M/M/1/K is equally
    /// likely; with many places nothing is lost and Little's law gives the time of M/M/c.
    #[test]
    fn mmck_has_the_right_limits() {
        let [small, large] =
            [(1, 4), (16, 2_000)].map(|(servers, places)| Room { servers, places });
        check("loss of M/M/1/4", mmck_loss(1.0, small), 0.2, 1e-12);
        check(
            "number in M/M/1/4",
            mmck_mean_number(1.0, small),
            2.0,
            1e-12,
        );
        let time = mmck_mean_number(13.6, large) / 13.6;
        check(
            "M/M/16/2000",
            time,
            mmc_mean_time(offered(13.6, 1.0), 16),
            1e-9,
        );
        check("loss of M/M/16/2000", mmck_loss(13.6, large), 0.0, 1e-12);
    }

    /// Goal: M/M/1//N. Method: by hand, three users who think for 4 and are served for 2: the
    /// weights of 0 to 3 in the system are 1, 3/2, 3/2 and 3/4, together 19/4; the server works
    /// for 15/19 of the time, half a request a unit. Alone, a user never waits; a crowd keeps the
    /// server busy.
    #[test]
    fn a_closed_loop_is_that_of_its_balance_equations() {
        let closed = |users| ClosedLoop {
            users,
            mean_think: 4.0,
            mean_service: 2.0,
        };
        check("throughput", closed(3).throughput(), 7.5 / 19.0, 1e-12);
        check("time", closed(3).mean_time(), 3.0 * 19.0 / 7.5 - 4.0, 1e-12);
        check("one user", closed(1).mean_time(), 2.0, 1e-12);
        check("a crowd", closed(1_000).throughput(), 0.5, 1e-12);
    }

    #[test]
    #[should_panic(expected = "a server is a place")]
    fn a_server_without_a_place_is_a_mistake() {
        let room = Room {
            servers: 2,
            places: 1,
        };
        mmck_loss(1.0, room);
    }

    /// Goal: the cost of one more. Method: by hand, M/M/1 at a load of 0.8: the busy period that one
    /// more prolongs has a mean of 5, for it and for each it finds. Nobody else, three servers of 2:
    /// its own service, and two thirds for each place in the line.
    #[test]
    fn one_more_costs_a_busy_period() {
        let one = JoiningCost::new(offered(0.8, 1.0), 1);
        let alone = JoiningCost::new(offered(0.0, 2.0), 3);
        for found in [0, 1, 2, 7].map(f64::from) {
            check("M/M/1", one.at(found), 5.0 * (found + 1.0), 1e-12);
            let places = (found - 2.0).max(0.0);
            check("alone", alone.at(found), 2.0 + 2.0 / 3.0 * places, 1e-12);
        }
        check("between", one.at(0.5), 7.5, 1e-12);
        check("between, in line", alone.at(3.5), 3.0, 1e-12);
    }

    /// Goal: the Poisson equation. Method: solved numerically, by value iteration of the uniformized
    /// chain with 150 places: v <- cost + expected v after a step, until differences settle. The
    /// end is too far away to matter.
    #[test]
    fn one_more_costs_what_the_poisson_equation_says() {
        let (rate, servers) = (2.1, 3);
        let step = 1.0 / (rate + f64::from(servers));
        let mut values = vec![0.0_f64; 150];
        for _ in 0..40_000 {
            let after = |n: usize| {
                let [up, down] = [(n + 1).min(149), n.saturating_sub(1)].map(|n| values[n]);
                let leaving = n.min(servers as usize) as f64;
                let stay = 1.0 - (rate + leaving) * step;
                step * (n as f64 + rate * up + leaving * down) + stay * values[n]
            };
            let next: Vec<f64> = (0..150).map(after).collect();
            values = next.iter().map(|value| value - next[0]).collect();
        }
        let cost = JoiningCost::new(offered(rate, 1.0), servers);
        for n in 0..10_u32 {
            let [here, next] = [n, n + 1].map(|n| values[n as usize]);
            let name = format!("one more than {n}");
            check(&name, cost.at(f64::from(n)), next - here, 1e-6);
        }
    }

    /// Goal: the two prices agree, and hold for many servers. Method: arrivals see the steady state,
    /// so one more arrival per unit of time costs the mean of what one more costs; and a difference
    /// quotient of the mean number.
    #[test]
    fn the_marginal_time_is_the_mean_cost_of_one_more() {
        for (servers, load) in [(1, 0.8), (3, 2.1), (16, 13.6), (400, 380.0)] {
            let mean_time = mmc_marginal_time(offered(load, 1.0), servers);
            let cost = JoiningCost::new(offered(load, 1.0), servers);
            let (mut weight, mut total, mut mean) = (1.0, 0.0, 0.0);
            for n in 0..3_000_u32 {
                total += weight;
                mean += weight * cost.at(f64::from(n));
                weight *= load / f64::from((n + 1).min(servers));
            }
            let error = (mean / total - mean_time).abs();
            assert!(error < 1e-9 * mean_time, "{servers}: {error}");
            let [low, high] = [-1e-5, 1e-5].map(|more| {
                let offered = offered(load + more, 1.0);
                offered.load() * mmc_mean_time(offered, servers)
            });
            let slope = (high - low) / 2e-5;
            assert!((slope / mean_time - 1.0).abs() < 1e-6, "{servers}: {slope}");
        }
        check("idle", mmc_marginal_time(offered(0.0, 2.0), 3), 2.0, 1e-12);
        assert!(mmc_marginal_time(offered(3.0, 1.0), 3).is_infinite());
    }

    #[test]
    #[should_panic(expected = "has no steady state")]
    fn what_one_more_costs_an_overloaded_queue_is_a_mistake() {
        JoiningCost::new(offered(2.0, 1.0), 2);
    }

    #[test]
    fn pollaczek_khinchine_has_the_known_special_cases() {
        let time = |scv| pollaczek_khinchine_mean_time(offered(0.8, 1.0), scv);
        check("M/M/1", time(1.0), 5.0, 1e-12);
        check("M/D/1", time(0.0), 3.0, 1e-12);
        check("M/E2/1", time(0.5), 4.0, 1e-12);
        assert!(pollaczek_khinchine_mean_time(offered(1.0, 1.0), 0.0).is_infinite());
    }
}
