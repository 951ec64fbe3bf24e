package dev.turnpike.usage.domain;

import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.usage.UsageTotal;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** State in memory that can be copied, as a transaction's state can be rolled back. */
final class MemoryState implements PartitionState {
    final Map<RequestId, RequestState> requests;
    final Map<String, StreamMark> marks;
    final Map<String, UsageTotal> totals;

    MemoryState() {
        this(Map.of(), Map.of(), Map.of());
    }

    private MemoryState(
            Map<RequestId, RequestState> requests,
            Map<String, StreamMark> marks,
            Map<String, UsageTotal> totals) {
        this.requests = new HashMap<>(requests);
        this.marks = new HashMap<>(marks);
        this.totals = new HashMap<>(totals);
    }

    MemoryState copy() {
        return new MemoryState(requests, marks, totals);
    }

    @Override
    public Optional<RequestState> request(RequestId id) {
        return Optional.ofNullable(requests.get(id));
    }

    @Override
    public void putRequest(RequestId id, RequestState state) {
        requests.put(id, state);
    }

    @Override
    public void removeRequest(RequestId id) {
        requests.remove(id);
    }

    @Override
    public StreamMark mark(String stream) {
        return marks.getOrDefault(stream, StreamMark.NONE);
    }

    @Override
    public void putMark(String stream, StreamMark mark) {
        marks.put(stream, mark);
    }

    @Override
    public Optional<UsageTotal> total(Charge charge) {
        return Optional.ofNullable(totals.get(charge.counter()));
    }

    @Override
    public void putTotal(UsageTotal total) {
        totals.put(counter(total), total);
    }

    static String counter(UsageTotal t) {
        return new Charge(t.groupId(), t.slug(), t.type(), t.unit(), t.window(), 0, 0).counter();
    }
}
