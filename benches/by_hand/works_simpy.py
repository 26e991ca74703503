"""The three works in SimPy: what a general engine in Python needs for them.

Prints the nanoseconds that a request takes. Usage: python3 works_simpy.py WORK
"""

import random
import sys
import time

import simpy

REQUESTS = 50_000


def one_station(workers, service_s):
    env = simpy.Environment()
    station = simpy.Resource(env, workers)
    latencies = []

    def request():
        started = env.now
        with station.request() as turn:
            yield turn
            yield env.timeout(random.expovariate(1 / service_s))
        latencies.append(env.now - started)

    def arrivals():
        for _ in range(REQUESTS):
            yield env.timeout(random.expovariate(800))
            env.process(request())

    env.process(arrivals())
    env.run()
    return len(latencies)


def three_regions():
    rtt_s = [[0.010, 0.080, 0.140], [0.080, 0.010, 0.090], [0.140, 0.090, 0.010]]
    env = simpy.Environment()
    regions = [simpy.Resource(env, 8) for _ in rtt_s]
    end = REQUESTS / 900
    down = (end / 3, 2 * end / 3)
    latencies = []

    def is_up(region):
        return region != 0 or not down[0] <= env.now < down[1]

    def request(place):
        started = env.now
        region = min(filter(is_up, range(3)), key=lambda region: rtt_s[place][region])
        yield env.timeout(rtt_s[place][region] / 2)
        with regions[region].request() as turn:
            yield turn
            yield env.timeout(random.expovariate(100))
        # What was inside when the region failed is lost.
        if region != 0 or not started < down[0] <= env.now:
            latencies.append(env.now - started + rtt_s[place][region] / 2)

    def arrivals(place):
        while env.now < end:
            yield env.timeout(random.expovariate(300))
            env.process(request(place))

    for place in range(3):
        env.process(arrivals(place))
    env.run()
    return len(latencies)


WORKS = {
    "M/M/1": lambda: one_station(1, 0.001),
    "M/M/16": lambda: one_station(16, 0.017),
    "three regions": three_regions,
}

random.seed(1)
start = time.perf_counter()
answered = WORKS[sys.argv[1]]()
print((time.perf_counter() - start) * 1e9 / answered)
