// The toy score of agents/bench/toy.py on Kafka Streams: exactly once, rows in memory, a journal line for each event.
// The envelope is not checked here, only its type and time are read.

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

public class ToyStreams {
    static final int THRESHOLD = 100;
    static final Map<String, Integer> POINTS = Map.of(
        "page_viewed", 16, "email_opened", 16, "email_clicked", 16, "content_downloaded", 32, "form_submitted", 32,
        "profile_given", 16, "event_registered", 32, "event_attended", 64, "product_used", 16, "conversion_made", 64);

    static class Toy implements Processor<byte[], byte[], byte[], byte[]> {
        private ProcessorContext<byte[], byte[]> context;
        private KeyValueStore<Bytes, byte[]> rows;

        @Override
        public void init(ProcessorContext<byte[], byte[]> given) {
            context = given;
            rows = given.getStateStore("leads");
        }

        @Override
        public void process(Record<byte[], byte[]> event) {
            String type = text(event.headers().lastHeader("ce_type").value());
            String time = text(event.headers().lastHeader("ce_time").value());
            String activity = type.split("\\.")[2];
            Bytes key = Bytes.wrap(event.key());
            byte[] row = rows.get(key);
            int before = row == null ? 0 : Integer.parseInt(text(row));
            int points = POINTS.get(activity);
            rows.put(key, bytes(Integer.toString(before + points)));
            String lead = text(event.key());
            String fact = "{\"fact\":\"acted\",\"lead\":\"" + lead + "\",\"at\":\"" + time
                + "\",\"agreement\":0,\"data\":{\"activity\":\"" + activity + "\",\"points\":[[\"toy\"," + points
                + "]],\"detail\":\"\"}}";
            context.forward(new Record<>(event.key(), bytes(fact), event.timestamp()), "fact");
            if ((before + points) / THRESHOLD > before / THRESHOLD) {
                RecordHeaders headers = new RecordHeaders();
                headers.add("ce_specversion", bytes("1.0")).add("ce_source", bytes("leadrelay"));
                headers.add("ce_type", bytes("leadrelay.toy.passed.v1")).add("ce_subject", event.key());
                headers.add("ce_time", bytes(time));
                String told = "{\"lead\":\"" + lead + "\",\"points\":" + (before + points) + "}";
                context.forward(new Record<>(event.key(), bytes(told), event.timestamp(), headers), "handoff");
            }
        }
    }

    static String text(byte[] given) {
        return new String(given, StandardCharsets.UTF_8);
    }

    static byte[] bytes(String given) {
        return given.getBytes(StandardCharsets.UTF_8);
    }

    // Arguments: address, application id, input, facts, handoffs, state folder.
    public static void main(String[] given) throws Exception {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, given[1]);
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, given[0]);
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 20);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, given[5]);
        settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
        settings.put(StreamsConfig.restoreConsumerPrefix("max.poll.records"), 50000);
        var store = Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore("leads"), Serdes.Bytes(), Serdes.ByteArray()).withCachingDisabled();
        var data = Serdes.ByteArray();
        Topology topology = new Topology();
        topology.addSource("events", data.deserializer(), data.deserializer(), given[2]);
        topology.addProcessor("toy", Toy::new, "events");
        topology.addStateStore(store, "toy");
        topology.addSink("fact", given[3], data.serializer(), data.serializer(), "toy");
        topology.addSink("handoff", given[4], data.serializer(), data.serializer(), "toy");
        KafkaStreams streams = new KafkaStreams(topology, settings);
        Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
        long began = System.nanoTime();
        streams.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.RUNNING) {
                System.out.println("{\"opened_s\":" + (System.nanoTime() - began) / 1_000_000 / 1000.0 + "}");
                System.out.flush();
            }
        });
        streams.start();
        Thread.currentThread().join();
    }
}
