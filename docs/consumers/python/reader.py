"""Prints one line of JSON for each event of a site: reader.py BROKERS TOPIC [AFTER]"""

import json
import sys

from cloudevents.core.bindings.kafka import KafkaMessage, from_binary
from cloudevents.core.formats.json import JSONFormat
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, TopicPartition
from ferry.v1.event_pb2 import Event


class ProtobufData(JSONFormat):
    def read_data(self, body, datacontenttype):
        if datacontenttype != "application/protobuf":
            raise ValueError(f"data of type {datacontenttype} is no event of Ferry")
        return Event.FromString(body)


def events(brokers, topic):
    consumer = Consumer({
        "bootstrap.servers": brokers,
        "group.id": "ferry.reader.v1",  # asked for by the client; no offset is committed
        "enable.auto.commit": False,
        "isolation.level": "read_uncommitted",
    })
    consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
    while True:
        record = consumer.poll(1.0)
        if record is None:
            continue
        if record.error():
            raise KafkaException(record.error())
        message = KafkaMessage(dict(record.headers()), record.key(), record.value())
        yield from_binary(message, ProtobufData()).get_data()


def main(brokers, topic, after="0"):
    last = int(after)
    for event in events(brokers, topic):
        if event.position <= last:
            continue  # delivered once more: the whole rule for a consumer
        last = event.position
        seen = {"position": str(last), "entity": event.entity, "type": event.type}
        print(json.dumps(seen), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
