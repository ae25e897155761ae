"""As much of librdkafka as a test needs, by ctypes: raw records in and out of partition 0.

It knows nothing of Ferry, so what it reads is what anybody would read.
"""

import ctypes
import time
from ctypes import POINTER, byref, c_char_p, c_int, c_int32, c_int64, c_size_t, c_void_p
from typing import NamedTuple

PRODUCER, CONSUMER = 0, 1
COPY = 2
NAME_BYTES = 512
NO_ERROR, END_OF_PARTITION, QUEUE_FULL = 0, -191, -184
OUT_OF_RANGE = (1, -140)


class Message(ctypes.Structure):
    _fields_ = [
        ("err", c_int), ("topic", c_void_p), ("partition", c_int32), ("payload", c_void_p),
        ("len", c_size_t), ("key", c_void_p), ("key_len", c_size_t), ("offset", c_int64),
        ("private", c_void_p),
    ]


class Record(NamedTuple):
    offset: int
    key: bytes
    value: bytes


class KafkaError(Exception):
    """What librdkafka says."""


def _load():
    library = ctypes.CDLL("librdkafka.so.1")
    shapes = {
        "rd_kafka_conf_new": (c_void_p, []),
        "rd_kafka_conf_set": (c_int, [c_void_p, c_char_p, c_char_p, c_char_p, c_size_t]),
        "rd_kafka_new": (c_void_p, [c_int, c_void_p, c_char_p, c_size_t]),
        "rd_kafka_destroy_flags": (None, [c_void_p, c_int]),
        "rd_kafka_topic_new": (c_void_p, [c_void_p, c_char_p, c_void_p]),
        "rd_kafka_topic_destroy": (None, [c_void_p]),
        "rd_kafka_produce": (
            c_int,
            [c_void_p, c_int32, c_int, c_char_p, c_size_t, c_char_p, c_size_t, c_void_p],
        ),
        "rd_kafka_last_error": (c_int, []),
        "rd_kafka_err2str": (c_char_p, [c_int]),
        "rd_kafka_poll": (c_int, [c_void_p, c_int]),
        "rd_kafka_flush": (c_int, [c_void_p, c_int]),
        "rd_kafka_fatal_error": (c_int, [c_void_p, c_char_p, c_size_t]),
        "rd_kafka_poll_set_consumer": (c_int, [c_void_p]),
        "rd_kafka_topic_partition_list_new": (c_void_p, [c_int]),
        "rd_kafka_topic_partition_list_destroy": (None, [c_void_p]),
        "rd_kafka_topic_partition_list_add": (c_void_p, [c_void_p, c_char_p, c_int32]),
        "rd_kafka_topic_partition_list_set_offset": (
            c_int, [c_void_p, c_char_p, c_int32, c_int64],
        ),
        "rd_kafka_assign": (c_int, [c_void_p, c_void_p]),
        "rd_kafka_consumer_poll": (POINTER(Message), [c_void_p, c_int]),
        "rd_kafka_message_destroy": (None, [POINTER(Message)]),
        "rd_kafka_query_watermark_offsets": (
            c_int,
            [c_void_p, c_char_p, c_int32, POINTER(c_int64), POINTER(c_int64), c_int],
        ),
        "rd_kafka_init_transactions": (c_void_p, [c_void_p, c_int]),
        "rd_kafka_begin_transaction": (c_void_p, [c_void_p]),
        "rd_kafka_commit_transaction": (c_void_p, [c_void_p, c_int]),
        "rd_kafka_abort_transaction": (c_void_p, [c_void_p, c_int]),
        "rd_kafka_error_string": (c_char_p, [c_void_p]),
        "rd_kafka_queue_new": (c_void_p, [c_void_p]),
        "rd_kafka_queue_poll": (c_void_p, [c_void_p, c_int]),
        "rd_kafka_queue_destroy": (None, [c_void_p]),
        "rd_kafka_event_error": (c_int, [c_void_p]),
        "rd_kafka_event_destroy": (None, [c_void_p]),
        "rd_kafka_DeleteTopic_new": (c_void_p, [c_char_p]),
        "rd_kafka_DeleteTopic_destroy": (None, [c_void_p]),
        "rd_kafka_DeleteTopics": (
            None, [c_void_p, POINTER(c_void_p), c_size_t, c_void_p, c_void_p],
        ),
    }
    for name, (result, arguments) in shapes.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


LIBRARY = _load()


class _Client:
    def __init__(self, kind, brokers, properties):
        said = ctypes.create_string_buffer(NAME_BYTES)
        conf = LIBRARY.rd_kafka_conf_new()
        own = {"bootstrap.servers": brokers, "log_level": 0, "reconnect.backoff.max.ms": 1000}
        for name, value in {**own, **properties}.items():
            if LIBRARY.rd_kafka_conf_set(conf, name.encode(), str(value).encode(), said, len(said)):
                raise KafkaError(said.value.decode())
        self.handle = LIBRARY.rd_kafka_new(kind, conf, said, len(said))
        if not self.handle:
            raise KafkaError(said.value.decode())

    def close(self):
        if self.handle:
            LIBRARY.rd_kafka_destroy_flags(self.handle, 8)
            self.handle = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Producer(_Client):
    """Records to one topic, in order, tried for ever."""

    def __init__(self, brokers, topic, **properties):
        own = {"acks": "all", "enable.idempotence": "true", "linger.ms": 0, "message.timeout.ms": 0}
        own.update({name.replace("_", "."): value for name, value in properties.items()})
        super().__init__(PRODUCER, brokers, own)
        self.topic = LIBRARY.rd_kafka_topic_new(self.handle, topic.encode(), None)

    def close(self):
        if self.handle:
            LIBRARY.rd_kafka_topic_destroy(self.topic)
        super().close()

    def produce(self, value, key=b""):
        while LIBRARY.rd_kafka_produce(
            self.topic, 0, COPY, value, len(value), key or None, len(key), None
        ):
            error = LIBRARY.rd_kafka_last_error()
            if error != QUEUE_FULL:
                raise KafkaError(LIBRARY.rd_kafka_err2str(error).decode())
            LIBRARY.rd_kafka_poll(self.handle, 100)
        LIBRARY.rd_kafka_poll(self.handle, 0)

    def flush(self, seconds=60):
        return LIBRARY.rd_kafka_flush(self.handle, int(seconds * 1000)) == NO_ERROR

    def fatal(self):
        said = ctypes.create_string_buffer(NAME_BYTES)
        if LIBRARY.rd_kafka_fatal_error(self.handle, said, len(said)) == NO_ERROR:
            return None
        return said.value.decode()

    def transact(self, what):
        """init, begin, commit or abort; of a producer with a transactional.id."""
        function = getattr(LIBRARY, f"rd_kafka_{what}_transaction{'s' * (what == 'init')}")
        more = () if what == "begin" else (60_000,)
        if error := function(self.handle, *more):
            raise KafkaError(LIBRARY.rd_kafka_error_string(error).decode())


class Reader(_Client):
    """Partition 0 of one topic from an offset on; brokers may come and go."""

    def __init__(self, brokers, topic, offset=0, isolation="read_uncommitted"):
        own = {
            "group.id": "test", "enable.auto.commit": "false", "auto.offset.reset": "error",
            "isolation.level": isolation, "enable.partition.eof": "true",
            "fetch.wait.max.ms": 20, "fetch.error.backoff.ms": 50,
        }
        super().__init__(CONSUMER, brokers, own)
        LIBRARY.rd_kafka_poll_set_consumer(self.handle)
        self.topic, self.next, self.lost = topic.encode(), offset, False
        places = LIBRARY.rd_kafka_topic_partition_list_new(1)
        LIBRARY.rd_kafka_topic_partition_list_add(places, self.topic, 0)
        LIBRARY.rd_kafka_topic_partition_list_set_offset(places, self.topic, 0, offset)
        LIBRARY.rd_kafka_assign(self.handle, places)
        LIBRARY.rd_kafka_topic_partition_list_destroy(places)

    def read(self, seconds):
        """The next record, or None where none came."""
        found = LIBRARY.rd_kafka_consumer_poll(self.handle, int(seconds * 1000))
        if not found:
            return None
        try:
            message = found.contents
            if message.err == END_OF_PARTITION:
                self.next = message.offset
            self.lost |= message.err in OUT_OF_RANGE
            if message.err != NO_ERROR:
                return None
            self.next = message.offset + 1
            key = ctypes.string_at(message.key, message.key_len) if message.key else b""
            value = ctypes.string_at(message.payload, message.len) if message.payload else b""
            return Record(message.offset, key, value)
        finally:
            LIBRARY.rd_kafka_message_destroy(found)

    def ends(self, seconds=10):
        """The offset of the first record and the one behind the last; None where nobody says."""
        low, high = c_int64(), c_int64()
        error = LIBRARY.rd_kafka_query_watermark_offsets(
            self.handle, self.topic, 0, byref(low), byref(high), int(seconds * 1000)
        )
        return None if error else (low.value, high.value)


def delete_topic(brokers, topic, seconds=30):
    """Somebody deletes it; True once the broker says so."""
    with _Client(PRODUCER, brokers, {}) as client:
        queue = LIBRARY.rd_kafka_queue_new(client.handle)
        asked = c_void_p(LIBRARY.rd_kafka_DeleteTopic_new(topic.encode()))
        LIBRARY.rd_kafka_DeleteTopics(client.handle, byref(asked), 1, None, queue)
        event = LIBRARY.rd_kafka_queue_poll(queue, int(seconds * 1000))
        done = bool(event) and LIBRARY.rd_kafka_event_error(event) == NO_ERROR
        if event:
            LIBRARY.rd_kafka_event_destroy(event)
        LIBRARY.rd_kafka_DeleteTopic_destroy(asked)
        LIBRARY.rd_kafka_queue_destroy(queue)
    return done


def read_all(brokers, topic, seconds=60):
    """Every record there is now, in order."""
    until = time.monotonic() + seconds
    with Reader(brokers, topic) as reader:
        while (ends := reader.ends()) is None:
            if time.monotonic() > until:
                raise KafkaError(f"{topic}: nobody says where it ends")
            time.sleep(0.1)
        records = []
        while reader.next < ends[1]:
            if (record := reader.read(0.1)) is not None:
                records.append(record)
            elif time.monotonic() > until:
                raise KafkaError(f"{topic}: {len(records)} records came of {ends[1]}")
        return records


def produce_all(brokers, topic, values):
    with Producer(brokers, topic) as producer:
        for value in values:
            producer.produce(value)
        return producer.flush()
