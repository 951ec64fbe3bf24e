package dev.turnpike.usage.domain;

import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.usage.UsageTotal;
import java.util.Optional;

/**
 * All that is remembered of one partition. Reads see earlier writes. Used by one thread at a time.
 */
public interface PartitionState {
    Optional<RequestState> request(RequestId id);

    void putRequest(RequestId id, RequestState state);

    void removeRequest(RequestId id);

    /** What has been seen of {@code stream}; {@link StreamMark#NONE} when nothing was. */
    StreamMark mark(String stream);

    void putMark(String stream, StreamMark mark);

    /** The total of the counter that {@code charge} is about. */
    Optional<UsageTotal> total(Charge charge);

    void putTotal(UsageTotal total);
}
