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
//! (1980), for M/M/1//N.
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

    #[test]
    fn pollaczek_khinchine_has_the_known_special_cases() {
        let time = |scv| pollaczek_khinchine_mean_time(offered(0.8, 1.0), scv);
        check("M/M/1", time(1.0), 5.0, 1e-12);
        check("M/D/1", time(0.0), 3.0, 1e-12);
        check("M/E2/1", time(0.5), 4.0, 1e-12);
        assert!(pollaczek_khinchine_mean_time(offered(1.0, 1.0), 0.0).is_infinite());
    }
}
