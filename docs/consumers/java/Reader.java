// Prints one line of JSON for each event of a site: Reader BROKERS TOPIC [AFTER]
import com.google.gson.Gson;
import ferry.v1.EventOuterClass.Event;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.CloudEventDeserializer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

public final class Reader {
    record Seen(String position, String entity, String type) {}

    static Event decode(CloudEvent message) throws Exception {
        if (!"application/protobuf".equals(message.getDataContentType()))
            throw new IllegalArgumentException(
                    "data of type " + message.getDataContentType() + " is no event of Ferry");
        return Event.parseFrom(message.getData().toBytes());
    }

    public static void main(String[] arguments) throws Exception {
        TopicPartition partition = new TopicPartition(arguments[1], 0);
        long last = arguments.length > 2 ? Long.parseUnsignedLong(arguments[2]) : 0;
        Gson json = new Gson();
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", arguments[0],
                "enable.auto.commit", false,
                "isolation.level", "read_uncommitted");
        try (KafkaConsumer<String, CloudEvent> consumer = new KafkaConsumer<>(
                settings, new StringDeserializer(), new CloudEventDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            while (true) {
                for (ConsumerRecord<String, CloudEvent> record :
                        consumer.poll(Duration.ofSeconds(1))) {
                    Event event = decode(record.value());
                    if (Long.compareUnsigned(event.getPosition(), last) <= 0)
                        continue; // delivered once more: the whole rule for a consumer
                    last = event.getPosition();
                    Seen seen = new Seen(
                            Long.toUnsignedString(last), event.getEntity(), event.getType());
                    System.out.println(json.toJson(seen));
                }
            }
        }
    }
}
