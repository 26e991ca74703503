"""The same scenarios in simulators that share no line with gatefleet: Ciw and SimPy.

Reads the scenarios beside this file, as gatefleet does, and writes what the two found, with their
versions and the fingerprints of the scenarios, to figures.json, which docs/validation.md quotes:

    python3 -m venv venv
    venv/bin/pip install ciw==3.2.7 simpy==4.1.2
    venv/bin/python tests/cross/simulate.py

It takes some ten minutes on two cores. Nothing of gatefleet needs Python.
"""

import hashlib
import json
import math
import platform
import random
import re
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from pathlib import Path

import ciw
import simpy

FOLDER = Path(__file__).resolve().parent
SCENARIOS = ["tandem", "open-network", "erlang-a"]
REPLICATIONS = 20
# 97.5 % quantile of Student's t with 19 degrees of freedom.
STUDENT = 2.0930240544


def seconds(text):
    """A duration, or the mean of an exponential law, in seconds."""
    number, unit = re.fullmatch(r"(?:exponential\(mean=)?([\d.]+)(us|ms|s)\)?", text).groups()
    return float(number) * {"us": 1e-6, "ms": 1e-3, "s": 1.0}[unit]


def per_second(text):
    return float(text.removesuffix("/s"))


def share(text):
    return float(text.removesuffix("%")) / 100


class Scenario:
    """The stations, the populations and the times of a file, all ways of which take no time."""

    def __init__(self, name):
        text = (FOLDER / f"{name}.json").read_bytes()
        self.sha256 = hashlib.sha256(text).hexdigest()
        file = json.loads(text)
        self.start = seconds(file["run"]["warm_up"])
        self.length = seconds(file["run"]["duration"])
        # Name, servers and mean service of every station; gateways first.
        self.stations = [
            (region, spec["workers_per_vm"], seconds(spec["service"]))
            for region, spec in file["regions"].items()
        ]
        self.gateways = len(self.stations)
        backends = file.get("backends", {})
        for backend, spec in backends.items():
            ((_, site),) = spec["sites"].items()
            self.stations.append((backend, site["workers"], seconds(spec["service"])))
        # How likely a request needs which back end; one that says nothing gets the rest.
        self.shares = [share(spec.get("share", "100%")) for spec in backends.values()]
        # Name, rate, gateway and patience of every population.
        names = [name for name, _, _ in self.stations]
        self.populations = [
            (
                population,
                per_second(spec["rate"]),
                names.index(min(spec["rtt"], key=lambda region: seconds(spec["rtt"][region]))),
                seconds(spec["timeout"]) if "timeout" in spec else math.inf,
            )
            for population, spec in file["clients"].items()
        ]


class Tally:
    """Latencies of what starts in the measured period, and how long servers are busy in it."""

    def __init__(self, scenario):
        self.scenario = scenario
        self.latencies = {}
        self.lost = 0
        self.busy = [0.0] * len(scenario.stations)

    def is_measured(self, start):
        return 0 <= start - self.scenario.start < self.scenario.length

    def answered(self, population, start, end):
        if self.is_measured(start):
            self.latencies.setdefault(population, []).append(end - start)

    def gave_up(self, start):
        self.lost += self.is_measured(start)

    def served(self, station, start, end):
        begin, horizon = self.scenario.start, self.scenario.start + self.scenario.length
        self.busy[station] += max(0.0, min(end, horizon) - max(start, begin))

    def figures(self):
        everything = [time for times in self.latencies.values() for time in times]
        figures = {"mean latency, s": sum(everything) / len(everything)}
        if len(self.latencies) == 2:
            for population, times in self.latencies.items():
                figures[f"mean latency of {population}, s"] = sum(times) / len(times)
        if self.lost:
            figures["answered"] = len(everything) / (len(everything) + self.lost)
        for (name, servers, _), busy in zip(self.scenario.stations, self.busy):
            figures[f"utilization of {name}"] = busy / servers / self.scenario.length
        return figures


def in_simpy(scenario, seed):
    rng = random.Random(seed)
    env = simpy.Environment()
    tally = Tally(scenario)
    stations = [simpy.Resource(env, servers) for _, servers, _ in scenario.stations]

    def visit(station, leaves):
        """Waits and is served; false if patience ends before."""
        demand = rng.expovariate(1 / scenario.stations[station][2])
        with stations[station].request() as turn:
            if math.isinf(leaves):
                yield turn
            else:
                yield turn | env.timeout(leaves - env.now)
                if not turn.triggered:
                    return False
            begin = env.now
            yield env.timeout(min(demand, leaves - begin))
            tally.served(station, begin, env.now)
            return demand <= leaves - begin

    def request(population, gateway, patience):
        start = env.now
        is_served = yield from visit(gateway, start + patience)
        if is_served:
            lot = rng.random()
            for backend, part in enumerate(scenario.shares):
                if lot < part:
                    is_served = yield from visit(scenario.gateways + backend, start + patience)
                    break
                lot -= part
        if is_served:
            tally.answered(population, start, env.now)
        else:
            tally.gave_up(start)

    def arrivals(population, rate, gateway, patience):
        while True:
            yield env.timeout(rng.expovariate(rate))
            if env.now >= scenario.start + scenario.length:
                return
            env.process(request(population, gateway, patience))

    for population in scenario.populations:
        env.process(arrivals(*population))
    env.run()
    return tally.figures()


def in_ciw(scenario, seed):
    """The same in Ciw, whose requests give up while they wait but not while they are served.

    An exponential patience that also ends in service is the same as one that does not and a service
    that ends at the rates of both, of whose ends a share are answers: nothing is remembered.
    """
    ciw.seed(seed)
    rng = random.Random(seed)
    rates = [0.0] * len(scenario.stations)
    for _, rate, gateway, _ in scenario.populations:
        rates[gateway] += rate
    patience = [patience for *_, patience in scenario.populations]
    reneges = not math.isinf(patience[0])
    leaving = len(patience) / sum(patience) if reneges else 0.0
    serving = [1 / mean for _, _, mean in scenario.stations]
    exponential = ciw.dists.Exponential
    count, inner = len(scenario.stations), len(scenario.shares)
    to_backends = [0.0] * scenario.gateways + scenario.shares
    network = ciw.create_network(
        arrival_distributions=[exponential(rate) if rate else None for rate in rates],
        service_distributions=[exponential(rate + leaving) for rate in serving],
        number_of_servers=[servers for _, servers, _ in scenario.stations],
        routing=[to_backends] * scenario.gateways + [[0.0] * count] * inner,
        reneging_time_distributions=[exponential(leaving)] * count if reneges else None,
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(scenario.start + scenario.length + 200)
    tally = Tally(scenario)
    visits = {}
    for record in simulation.get_all_records():
        visits.setdefault(record.id_number, []).append(record)
    names = {gateway: name for name, _, gateway, _ in scenario.populations}
    for records in visits.values():
        records.sort(key=lambda record: record.arrival_date)
        for record in records:
            if record.record_type == "service":
                tally.served(record.node - 1, record.service_start_date, record.service_end_date)
        first, last = records[0], records[-1]
        is_answered = last.record_type == "service"
        if reneges and is_answered:
            is_answered = rng.random() < serving[0] / (serving[0] + leaving)
        if last.record_type == "service" and last.destination != -1:
            continue
        if is_answered:
            tally.answered(names[first.node - 1], first.arrival_date, last.exit_date)
        else:
            tally.gave_up(first.arrival_date)
    return tally.figures()


TOOLS = {"Ciw": in_ciw, "SimPy": in_simpy}


def run(job):
    name, tool, replication = job
    return TOOLS[tool](Scenario(name), 1000 + replication)


def estimate(values):
    mean = sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return {"mean": mean, "half_width": STUDENT * math.sqrt(variance / len(values))}


def main():
    found = {
        "versions": {
            "Python": platform.python_version(),
            "Ciw": version("ciw"),
            "SimPy": version("simpy"),
        },
        "replications": REPLICATIONS,
        "scenarios": {},
    }
    with ProcessPoolExecutor(2) as pool:
        for name in SCENARIOS:
            figures = {}
            for tool in TOOLS:
                jobs = [(name, tool, replication) for replication in range(REPLICATIONS)]
                runs = list(pool.map(run, jobs))
                for figure in runs[0]:
                    values = [one[figure] for one in runs]
                    figures.setdefault(figure, {})[tool] = estimate(values)
                print(name, tool, {figure: figures[figure][tool] for figure in runs[0]}, flush=True)
            found["scenarios"][name] = {"sha256": Scenario(name).sha256, "figures": figures}
    (FOLDER / "figures.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
