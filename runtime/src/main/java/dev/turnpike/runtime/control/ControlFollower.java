package dev.turnpike.runtime.control;

import java.util.Objects;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Feeds a view from the log. Streams makes one of these for what the local copy missed while it was
 * down and another for what comes later; each begins by loading what the copy already has.
 */
final class ControlFollower implements Processor<String, byte[], Void, Void> {
    private final ControlView view;
    private final ControlRestore restore;
    private @Nullable ProcessorContext<Void, Void> context;
    private @Nullable KeyValueStore<String, byte[]> store;

    ControlFollower(ControlView view, ControlRestore restore) {
        this.view = view;
        this.restore = restore;
    }

    @Override
    public void init(ProcessorContext<Void, Void> given) {
        KeyValueStore<String, byte[]> opened = given.getStateStore(ControlView.STORE);
        context = given;
        store = opened;
        view.load(opened);
    }

    @Override
    public void process(Record<String, byte @Nullable []> record) {
        long offset = Objects.requireNonNull(context).recordMetadata().orElseThrow().offset();
        restore.take(Objects.requireNonNull(store), record.key(), record.value(), offset);
    }
}
