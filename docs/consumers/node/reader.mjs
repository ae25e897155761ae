// Prints one line of JSON for each event of a site: node reader.mjs BROKERS TOPIC [AFTER]
import { randomUUID } from "node:crypto";
import { Kafka as CloudEvents } from "cloudevents";
import { Kafka, logLevel } from "kafkajs";
import protobuf from "protobufjs";

const [brokers, topic, after = "0"] = process.argv.slice(2);
const schema = new URL("event.proto", import.meta.url).pathname;
const Event = (await protobuf.load(schema)).lookupType("ferry.v1.Event");

// The SDK wants headers as text; the client hands them over as bytes.
function decode(record) {
  const headers = Object.fromEntries(
    Object.entries(record.headers).map(([name, value]) => [name, value.toString()]),
  );
  const message = CloudEvents.toEvent({ headers, key: record.key?.toString(), value: record.value });
  if (message.datacontenttype !== "application/protobuf") {
    console.error(`data of type ${message.datacontenttype} is no event of Ferry`);
    process.exit(1); // an exception here would be tried again for ever
  }
  return Event.decode(message.data);
}

let last = BigInt(after);
const consumer = new Kafka({ brokers: brokers.split(","), logLevel: logLevel.ERROR }).consumer({
  groupId: `ferry.reader.${randomUUID()}`, // asked for by the client; no offset is committed
  readUncommitted: true,
});
consumer.on(consumer.events.CRASH, ({ payload }) => {
  console.error(payload.error);
  if (!payload.restart) process.exit(1);
});
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachMessage: async ({ message }) => {
    const event = decode(message);
    const position = BigInt(event.position.toString());
    if (position <= last) return; // delivered once more: the whole rule for a consumer
    last = position;
    const seen = { position: `${position}`, entity: event.entity, type: event.type };
    process.stdout.write(`${JSON.stringify(seen)}\n`);
  },
});
