package dev.turnpike.webhook.topology;

import dev.turnpike.webhook.domain.ReplayState;
import dev.turnpike.webhook.domain.ReplayStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;

/** Orders in a store of Kafka Streams, under {@code webhook/replay}. */
final class StreamsReplayStore implements ReplayStore {
    private final KeyValueStore<Bytes, byte[]> store;

    StreamsReplayStore(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    @Override
    public List<ReplayState> all() {
        var found = new ArrayList<ReplayState>();
        try (var all = store.all()) {
            while (all.hasNext()) {
                found.add(Forms.replay(all.next().value));
            }
        }
        return found;
    }

    @Override
    public void put(ReplayState state) {
        store.put(key(state), Forms.replay(state));
    }

    @Override
    public void remove(ReplayState state) {
        store.delete(key(state));
    }

    private static Bytes key(ReplayState state) {
        var key = state.order().webhookId().value() + '/' + state.order().id().value();
        return Bytes.wrap(key.getBytes(StandardCharsets.US_ASCII));
    }
}
