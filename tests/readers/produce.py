"""Publishes lines of `ferry events --json`, as Ferry's publisher does, by the CloudEvents SDK.

    produce.py BROKERS TOPIC [CONTENT-TYPE] < LINES

Runs in the environment of the Python reader. It ends when every record is acknowledged.
"""

import sys

from cloudevents.core.bindings.kafka import to_binary
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from confluent_kafka import Producer
from ferry.v1.event_pb2 import Event
from google.protobuf.json_format import Parse


class ProtobufData(JSONFormat):
    def write_data(self, data, datacontenttype):
        return data.SerializeToString()


def message_of(event, content_type):
    kind = event.entity.split(":", 1)[0]
    attributes = {
        "specversion": "1.0",
        "id": event.event_id,
        "source": f"/sites/{event.site}",
        "type": f"ferry.{kind}.{event.type.lower()}.v1",
        "time": event.recorded_time.ToDatetime().astimezone(),
        "subject": event.entity,
        "dataschema": "https://type.googleapis.com/ferry.v1.Event",
        "partitionkey": event.entity,
        "sequence": f"{event.position:020}",
        "datacontenttype": content_type,
    }
    if event.correlation_id:
        attributes["correlationid"] = event.correlation_id
    return to_binary(CloudEvent(attributes, event), ProtobufData())


def main(brokers, topic, content_type="application/protobuf"):
    failed = []
    producer = Producer({
        "bootstrap.servers": brokers, "enable.idempotence": True, "acks": "all", "linger.ms": 5,
    })
    for line in sys.stdin:
        message = message_of(Parse(line, Event()), content_type)
        producer.produce(
            topic, key=message.key, value=message.value, headers=message.headers, partition=0,
            on_delivery=lambda error, _: failed.append(str(error)) if error else None,
        )
        producer.poll(0)
    producer.flush()
    return "\n".join(failed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) or 0)
