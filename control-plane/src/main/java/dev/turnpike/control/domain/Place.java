package dev.turnpike.control.domain;

import dev.turnpike.schemas.control.Resource;
import java.time.Instant;
import java.util.Comparator;

/**
 * Where a resource stands in lists: by creation, then by id.
 *
 * @param id the identity within its kind
 */
public record Place(Instant createdAt, String id) implements Comparable<Place> {
    private static final Comparator<Place> ORDER =
            Comparator.comparing(Place::createdAt).thenComparing(Place::id);

    /** Where {@code resource} stands. */
    public static Place of(Resource resource) {
        return new Place(resource.createdAt(), resource.resourceId());
    }

    @Override
    public int compareTo(Place other) {
        return ORDER.compare(this, other);
    }
}
