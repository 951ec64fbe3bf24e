package dev.turnpike.runtime.control;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes records of the log into a view: one by one when they come, a poll at once while Streams
 * restores the local copy. Used by the one thread that follows the log; told of other stores by
 * others.
 */
final class ControlRestore implements StateRestoreListener {
    /** Records taken in together; as many as a poll may bring, or fewer. */
    static final int TOGETHER_MAX = 2_000;

    private static final Logger LOGGER = LoggerFactory.getLogger(ControlRestore.class);

    private final ControlView view;
    private final List<ControlRecord> waiting = new ArrayList<>();
    private @Nullable KeyValueStore<String, byte[]> store;
    private boolean restoring;

    ControlRestore(ControlView view) {
        this.view = view;
    }

    /** Takes in a record; by the end of its poll it is visible. */
    void take(
            KeyValueStore<String, byte[]> opened,
            String key,
            byte @Nullable [] value,
            long offset) {
        var record = ControlRecord.of(key, value, offset);
        if (record.isEmpty()) {
            LOGGER.atWarn().addKeyValue("offset", offset).log("control record of unknown kind");
            return; // Of a newer version; it means nothing here.
        }
        store = opened;
        waiting.add(record.get());
        if (!restoring || waiting.size() == TOGETHER_MAX) {
            flush();
        }
    }

    private void flush() {
        var opened = store;
        if (opened != null && !waiting.isEmpty()) {
            view.apply(opened, waiting);
            waiting.clear();
        }
    }

    @Override
    public void onRestoreStart(
            TopicPartition partition, String storeName, long startingOffset, long endingOffset) {
        if (storeName.equals(ControlView.STORE)) {
            waiting.clear(); // Of a start that failed; they are read again.
            restoring = true;
        }
    }

    @Override
    public void onBatchRestored(
            TopicPartition partition, String storeName, long batchEndOffset, long count) {
        if (storeName.equals(ControlView.STORE)) {
            flush();
        }
    }

    @Override
    public void onRestoreEnd(TopicPartition partition, String storeName, long totalRestored) {
        if (storeName.equals(ControlView.STORE)) {
            flush();
            restoring = false;
        }
    }
}
