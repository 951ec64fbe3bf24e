package dev.turnpike.schemas.id;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Identity of a group, never reused, also after its deletion.
 *
 * @param value {@code grp_} followed by a ULID (26 upper-case Crockford base-32 characters)
 */
public record GroupId(String value) {
    private static final String PREFIX = "grp_";

    /**
     * @throws IllegalArgumentException if {@code value} does not have the shape above
     */
    public GroupId {
        if (!UlidShape.matches(PREFIX, value)) {
            throw new IllegalArgumentException("not a grp id: " + value);
        }
    }

    /** Returns the identity made of the prefix and {@code ulid}. */
    public static GroupId ofUlid(String ulid) {
        return new GroupId(PREFIX + ulid);
    }

    /** Returns the identity, or empty when {@code text} is not one. Never throws. */
    public static Optional<GroupId> parse(String text) {
        return UlidShape.matches(PREFIX, text) ? Optional.of(new GroupId(text)) : Optional.empty();
    }

    /** When it was drawn, to the millisecond. */
    public Instant drawnAt() {
        return UlidShape.time(PREFIX, value);
    }

    /** The one of {@code known} that is equal to this one, or this one. */
    public GroupId among(List<GroupId> known) {
        int at = known.indexOf(this);
        return at < 0 ? this : known.get(at);
    }

    @Override
    public String toString() {
        return value;
    }
}
