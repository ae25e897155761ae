"""Why acceptance and not transactions: what a request does that arrives late."""

import time

from .brokers import KAFKA, Brokers, run
from .pair import Pair
from .proxy import END_TXN, PRODUCE, Proxy
from .rdkafka import KafkaError, Producer, Reader
from .suite import wait_until

NAIVE = "naive.paris.log"


class BehindProxy:
    """A broker that tells its clients to come through the proxy."""

    def __init__(self, folder):
        self.brokers = Brokers(folder)
        self.proxy = Proxy(int(self.brokers.address.rsplit(":", 1)[1]))
        self.address = f"127.0.0.1:{self.proxy.port}"
        self.brokers.tell("stop")
        with open(folder / "broker-1" / "server.properties", "a", encoding="ascii") as settings:
            settings.write(f"advertised.listeners=PLAINTEXT://{self.address}\n")
        self.brokers.tell("start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.brokers.__exit__()
        self.proxy.close()


def committed(address):
    """What a consumer sees that reads committed records only."""
    with Reader(address, NAIVE, isolation="read_committed") as reader:
        values, quiet = [], 0
        while quiet < 10:
            record = reader.read(0.1)
            quiet = 0 if record else quiet + 1
            values += [record.value] if record else []
        return values


def naive_round(behind, producer, number):
    """Two transactions of four records; the first one's EndTxn arrives within the second, which
    its writer then aborts. Returns how many records of the second a consumer sees: 0 is right."""
    first = [f"{number}-first-{index}".encode() for index in range(4)]
    second = [f"{number}-second-{index}".encode() for index in range(4)]
    producer.transact("begin")
    for value in first:
        producer.produce(value)
    behind.proxy.hold(END_TXN)
    producer.transact("commit")
    producer.transact("begin")
    for value in second[:2]:
        producer.produce(value)
    producer.flush(10)
    late = behind.proxy.let_go()
    try:
        for value in second[2:]:
            producer.produce(value)
        producer.flush(10)
        producer.transact("abort")
    except KafkaError:
        pass  # It was told that something is wrong; its first half stands all the same.
    seen = committed(behind.address)
    return late, sum(value in seen for value in second)


def naive_writer(field, behind):
    """How often a transaction that was aborted is seen in part."""
    run(KAFKA / "tool", "org.apache.kafka.tools.TopicCommand", "--bootstrap-server",
        behind.address, "--create", "--topic", NAIVE, "--partitions", "1")
    torn = held = rounds = 0
    for number in range(field.many(2, 20)):
        try:
            with Producer(behind.address, NAIVE, transactional_id=f"naive-{number}",
                          message_timeout_ms=20_000) as producer:
                producer.transact("init")
                late, seen = naive_round(behind, producer, number)
        except KafkaError as error:
            field.suite.say(f"naive writer, round {number}: {error}")
            continue
        rounds, held, torn = rounds + 1, held + late, torn + (seen > 0)
    return f"naive writer: {torn} of {rounds} aborted transactions seen in part ({held} delayed)"


def delayed_requests(field):
    """5.8: a naive transactional writer and ours behind a proxy that delivers requests late."""
    with BehindProxy(field.scratch / "proxied") as behind:
        naive = naive_writer(field, behind)
        field.suite.say(naive)
        delays = 0
        with Pair(field.url(behind)) as pair:
            pair.leader()
            with field.load(behind, rate=500) as load:
                load.answered_after(0)
                for _ in range(field.many(4, 40)):
                    time.sleep(field.rng.uniform(0.1, 0.5))
                    behind.proxy.hold(PRODUCE, load.topic("log").encode())
                    wait_until(lambda: behind.proxy.held, 10)
                    time.sleep(field.rng.choice((0, 0.1, 1, 3)))
                    delays += behind.proxy.let_go()
                field.check("requests were delayed", delays > 0)
                field.end(load, pair, f"{naive}; ours: {delays} delayed")
