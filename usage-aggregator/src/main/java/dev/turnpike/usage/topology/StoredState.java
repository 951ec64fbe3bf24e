package dev.turnpike.usage.topology;

import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.usage.UsageTotal;
import dev.turnpike.usage.domain.Horizon;
import dev.turnpike.usage.domain.PartitionState;
import dev.turnpike.usage.domain.RequestState;
import dev.turnpike.usage.domain.StreamMark;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.state.KeyValueStore;

/** State of one partition in the stores of its task. Used by the task's thread only. */
final class StoredState implements PartitionState {
    private final KeyValueStore<String, byte[]> requests;
    private final KeyValueStore<String, byte[]> marks;
    private final TotalsStore totals;

    StoredState(
            KeyValueStore<String, byte[]> requests,
            KeyValueStore<String, byte[]> marks,
            TotalsStore totals) {
        this.requests = requests;
        this.marks = marks;
        this.totals = totals;
    }

    TotalsStore totals() {
        return totals;
    }

    @Override
    public Optional<RequestState> request(RequestId id) {
        return Optional.ofNullable(requests.get(id.value())).map(StateFormat::requestState);
    }

    @Override
    public void putRequest(RequestId id, RequestState state) {
        requests.put(id.value(), StateFormat.bytes(state));
    }

    @Override
    public void removeRequest(RequestId id) {
        requests.delete(id.value());
    }

    @Override
    public StreamMark mark(String stream) {
        var bytes = marks.get(stream);
        return bytes == null ? StreamMark.NONE : StateFormat.mark(bytes);
    }

    @Override
    public void putMark(String stream, StreamMark mark) {
        marks.put(stream, StateFormat.bytes(mark));
    }

    @Override
    public Optional<UsageTotal> total(Charge charge) {
        return totals.find(charge);
    }

    @Override
    public void putTotal(UsageTotal total) {
        totals.put(total);
    }

    /** The oldest requests beyond the horizon, at most {@code countMax}. */
    List<RequestId> forgottenRequests(Horizon horizon, int countMax) {
        var found = new ArrayList<RequestId>();
        try (var range = requests.range("", horizon.oldestRequest().value())) {
            while (range.hasNext() && found.size() < countMax) {
                var id = new RequestId(range.next().key);
                if (horizon.forgets(id)) {
                    found.add(id);
                }
            }
        }
        return found;
    }

    /**
     * Removes marks beyond the horizon, looking at no more than {@code countMax} of them.
     *
     * @param from where to begin; the empty text is the beginning
     * @return where to go on, or the empty text when all have been looked at
     */
    String removeMarks(Horizon horizon, String from, int countMax) {
        var old = new ArrayList<String>();
        var next = "";
        int looked = 0;
        try (var range = marks.range(from, null)) {
            while (range.hasNext()) {
                var entry = range.next();
                if (looked++ == countMax) {
                    next = entry.key;
                    break;
                }
                long touched = StateFormat.mark(entry.value).touchedMillis();
                if (touched < horizon.oldestMarkMillis()) {
                    old.add(entry.key);
                }
            }
        }
        old.forEach(marks::delete);
        return next;
    }
}
