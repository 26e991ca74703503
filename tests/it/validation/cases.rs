//! The list of closed forms: what each says, where it is from, and what simulates it.

use crate::validation::{Case, Group, cross};
use crate::{
    attempts, backends, chance, configuration, drain, impairments, rate_limits, retries,
    routing_by_load, sites, theory, traffic, ways, zones,
};

pub(crate) static GROUPS: [Group; 8] = [
    Group {
        title: "Queues",
        says: "A region without any way to it is a queue: Poisson arrivals, so many workers, first come first served.",
        cases: &[
            Case {
                name: "M/M/c",
                says: "The mean time in system is s (1 + C / (c - a)), with a the load in erlang, s the mean service and C the formula of Erlang (Erlang 1917; Gross et al., *Fundamentals of Queueing Theory*, 2.3).",
                figures: theory::m_m_c,
            },
            Case {
                name: "M/G/1",
                says: "The mean wait is rho (1 + cv²) / (2 (1 - rho)) services, whatever their law (Pollaczek 1930, Khinchine 1932; Gross et al. 5.1).",
                figures: theory::m_g_1,
            },
            Case {
                name: "M/M/c/K",
                says: "With K places, those in service included, the share lost and the mean number inside follow from the balance between neighboring states; without a queue the share lost is Erlang B (Erlang 1917; Gross et al. 2.5, 2.6).",
                figures: theory::m_m_c_k,
            },
            Case {
                name: "A region without its largest zone",
                says: "Of 16 workers dealt out to three zones 8 are left: the region is M/M/8, and M/M/8/8 without a queue.",
                figures: zones::what_is_left_without_a_zone,
            },
            Case {
                name: "The newest first",
                says: "The order of service is nothing to the number in the system, so by Little's law neither to the mean time there; only the tail grows (Little 1961).",
                figures: zones::the_newest_first,
            },
            Case {
                name: "Shedding by age",
                says: "Requests that are shed after a fixed wait are customers who leave: with q = exp(-(1 - rho) tau / s), the share (1 - rho) rho q / (1 - rho² q) is lost, below and above saturation (Barrer, \"Queuing with Impatient Customers and Indifferent Clerks\", 1957).",
                figures: zones::shedding_by_age,
            },
            Case {
                name: "Erlang A",
                says: "Clients give up after an exponential patience, in the queue or in service, and say so (`cancel_abandoned`): a birth-and-death process whose deaths are min(n, c) / s + n theta. What is answered, and how long that takes, follows from its stationary law (Palm 1957; Mandelbaum, Zeltyn, \"Service Engineering in Action: The Palm/Erlang-A Queue\", 2007). Patience is in a hundred steps.",
                figures: cross::erlang_a,
            },
            Case {
                name: "Closed loop, M/M/1//N",
                says: "N users who think, ask and wait for the answer: throughput and latency by mean value analysis (Reiser, Lavenberg 1980).",
                figures: traffic::closed_loop,
            },
        ],
    },
    Group {
        title: "Networks of queues",
        says: "What leaves a queue of exponential service is as random as what came (Burke 1956), so that each station of an open network is an M/M/c by itself and times add up (Jackson 1957).",
        cases: &[
            Case {
                name: "A gateway and its back end in tandem",
                says: "M/M/4 and then M/M/6: the gateway's worker is not held during the call.",
                figures: backends::tandem,
            },
            Case {
                name: "An open network",
                says: "Two gateways, M/M/4 and M/M/2, share two back ends, M/M/6 for 60 % and M/M/1 for 30 % of the requests; a tenth is answered at once.",
                figures: cross::open_network,
            },
            Case {
                name: "Three regions, one of them down",
                says: "Each region is an M/M/8 with 300 requests/s; while one is down, its neighbor is one with 600/s. Latency is two ways and the time in the queue.",
                figures: theory::three_regions_with_an_outage,
            },
            Case {
                name: "Power of two choices",
                says: "Of n queues each request joins the shorter of two drawn by lot: as n grows the mean time in system tends to the sum over k of u^(2^k - 2) (Mitzenmacher, \"The power of two choices in randomized load balancing\", 2001), from 40 and 80 queues by extrapolation.",
                figures: routing_by_load::supermarket,
            },
        ],
    },
    Group {
        title: "Arrivals",
        says: "When requests come.",
        cases: &[
            Case {
                name: "Gaps",
                says: "Gaps have the mean and the coefficient of variation that is asked for.",
                figures: traffic::gaps_between_arrivals,
            },
            Case {
                name: "Bursts",
                says: "A Poisson process whose rate alternates between r and q (an MMPP of two states): counts in windows of length t vary by 1 + 2 p (1 - p) (r - q)² / (m g) x (1 - (1 - exp(-g t)) / (g t)) times their mean (Fischer, Meier-Hellstern, \"The Markov-modulated Poisson process cookbook\", 1993).",
                figures: traffic::dispersion_of_bursts,
            },
        ],
    },
    Group {
        title: "Clients",
        says: "Retries, hedges, and work that nobody waits for, by elementary probability.",
        cases: &[
            Case {
                name: "Retries of slow requests",
                says: "A request keeps its demand when it is tried again: of the share f that is too slow every one makes all n attempts, 1 + f (n - 1) on average.",
                figures: retries::retries_of_slow_requests,
            },
            Case {
                name: "Retries of unlucky attempts",
                says: "Where attempts fail independently with the chance f, n at most are (1 - f^n) / (1 - f) on average, and 1 - f^n of the requests succeed.",
                figures: retries::retries_of_unlucky_attempts,
            },
            Case {
                name: "Hedges after the 95 % quantile",
                says: "One request in twenty is sent a second time.",
                figures: attempts::hedges_after_a_quantile,
            },
            Case {
                name: "Hedges elsewhere",
                says: "Of two exponential services the smaller counts, and the work of the other is duplicate: latency w + 0.95 T + (T (1 - c) + c T / 2) / 20, c = exp(-w / T).",
                figures: attempts::hedges_elsewhere,
            },
            Case {
                name: "Work for nobody",
                says: "Clients that give up after half of the service time waste all of it, or half if they say that they leave (`cancel_abandoned`).",
                figures: attempts::work_for_nobody,
            },
        ],
    },
    Group {
        title: "Detection and drain",
        says: "How long a dead region still gets requests.",
        cases: &[
            Case {
                name: "Detection by probes",
                says: "A hanging region is held degraded uniformly on [T I + to, (T + 1) I + to] after it failed: interval I, timeout to, T failures tolerated.",
                figures: theory::detection,
            },
            Case {
                name: "DNS answers of busy agents",
                says: "Cached answers have uniform ages, so that the share still sent to the dead region falls linearly to 0 over one TTL, and rate x TTL / 2 requests are lost.",
                figures: drain::busy_agents,
            },
            Case {
                name: "Detection and drain together",
                says: "Requests lost are rate x (mean detection + TTL / 2).",
                figures: theory::lost_to_detection_and_drain,
            },
            Case {
                name: "Agents that extend and pin",
                says: "With a share e that extends a TTL of 60 s to E, and a share p that pins, the dead region still gets (1 - e - p) (1 - t / 60) + e (1 - t / E) + p.",
                figures: drain::agents_of_three_kinds,
            },
            Case {
                name: "Idle agents",
                says: "An agent that sends every g seconds is without an answer for g of T + g, and asks when it next sends: the dead region gets (T - t) / (T + g).",
                figures: drain::idle_agents,
            },
        ],
    },
    Group {
        title: "Availability",
        says: "Outages by chance: alternating renewals, of which a run sees a stretch in the steady state.",
        cases: &[
            Case {
                name: "A lone region",
                says: "It is down for MTTR / (MTBF + MTTR) of the time, whatever the two laws (renewal-reward; Ross, *Stochastic Processes*, 3.4).",
                figures: chance::a_lone_region,
            },
            Case {
                name: "Short runs",
                says: "A run shorter than the time between outages sees its share of them, not none.",
                figures: chance::short_runs,
            },
            Case {
                name: "Independent and correlated regions",
                says: "Regions that fail for themselves are all down with the product of their shares; those that fail by one cause, with its share.",
                figures: chance::independent_and_correlated,
            },
            Case {
                name: "Regions down at once",
                says: "Of three regions that are down for a fifth of the time each, so many are down at once as a binomial law says.",
                figures: chance::regions_down_at_once,
            },
            Case {
                name: "Gray failures",
                says: "A region that fails 30 % of its attempts, each by itself, fails 30 %^n of the requests that are tried n times there.",
                figures: impairments::gray_failures,
            },
        ],
    },
    Group {
        title: "Back ends, configuration and ways",
        says: "What stands behind, above and between.",
        cases: &[
            Case {
                name: "Hit ratio of a cache",
                says: "An answer asked for at the rate a per TTL is a hit with a / (1 + a), over all answers by how often each is asked for (renewals; Fofack et al., \"Analysis of TTL-based cache networks\", 2012).",
                figures: sites::warm_caches,
            },
            Case {
                name: "Circuit breakers of k VMs",
                says: "Breakers do not tell each other: a dead back end gets exactly k x f calls before all are open.",
                figures: backends::breakers_of_every_vm,
            },
            Case {
                name: "Rate limits",
                says: "A sliding window that admits n is a loss system of n servers, each busy for the window's length: the share refused is Erlang B, whose services may have any law.",
                figures: rate_limits::poisson_arrivals_at_a_limit,
            },
            Case {
                name: "Staleness",
                says: "Changes come at the rate L and are pulled every I seconds, in force d later: the configuration is stale for 1 - exp(-L d) (1 - exp(-L I)) / (L I) of the time, and its staleness has the mean d + I / 2 - share / L.",
                figures: configuration::staleness_under_poisson_changes,
            },
            Case {
                name: "Lost messages",
                says: "A message that is lost with chance p comes 220 ms late with p (1 - p), 660 ms late with p² (1 - p), as TCP sends it again; requests and answers add up.",
                figures: ways::losses,
            },
            Case {
                name: "Lost handshakes",
                says: "A handshake that is lost is tried again after 1 s and 2 s more: clients that wait for 2 s have no connection with chance p².",
                figures: ways::lost_handshakes,
            },
        ],
    },
    Group {
        title: "Overload and metastability",
        says: "What is either so or not: whether a neighbor is overloaded, and whether it stays so when its cause is gone.",
        cases: &[
            Case {
                name: "Failover thresholds",
                says: "Of N equal regions at utilization u the neighbor of a dead one is overloaded when u > 1/2 (`next_closest`), all when u > (N - 1) / N (`even_spread`). Backlogs are means 10 to 20 s, and 50 to 60 s, after the region went down.",
                figures: theory::failover_thresholds,
            },
            Case {
                name: "A store that is cut off for ten seconds",
                says: "300 requests/s of capacity, clients that time out after 1 s: what was held up arrives when the cut ends, and retries keep the queue long for ever if attempts exceed 300/s (Bronson et al., \"Metastable Failures in Distributed Systems\", HotOS 2021). A blackhole loses what is sent, and cannot stick.",
                figures: retries::a_store_that_is_cut_off,
            },
            Case {
                name: "The way back",
                says: "Stuck, it recovers when twice the rate is below the capacity, at 140/s; at 200/s it does not (hysteresis).",
                figures: retries::a_stuck_store_under_less_load,
            },
        ],
    },
];
