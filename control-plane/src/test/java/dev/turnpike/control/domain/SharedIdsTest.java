package dev.turnpike.control.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.control.EffectiveModel;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.LimitEnforcement;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.limit.EffectiveLimit;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SharedIdsTest {
    private static final Instant AT = Instant.parse("2026-11-01T00:00:00Z");

    @Test
    void aKeyHoldsTheIdsOfItsGroupAndIsEqualToWhatWasGiven() {
        var image = Image.EMPTY.with(group(1, null)).with(group(2, 1));
        var key = key("tp_aaaaaaaaaaaa", 2, 1);

        var kept = image.with(key).apiKey("tp_aaaaaaaaaaaa").orElseThrow();

        assertThat(kept).isEqualTo(key);
        assertThat(kept.groupId()).isSameAs(group(image, 2).id());
        assertThat(kept.rootGroupId()).isSameAs(group(image, 1).id());
    }

    @Test
    void aGroupHoldsItsOwnIdAndThoseAboveItAndIsEqualToWhatWasGiven() {
        var image = Image.EMPTY.with(group(1, null)).with(group(2, 1)).with(group(3, 2, 1));

        var kept = group(image, 3);

        assertThat(kept).isEqualTo(group(3, 2, 1));
        assertThat(kept.parentGroupId()).isSameAs(group(image, 2).id());
        assertThat(kept.rootGroupId()).isSameAs(group(image, 1).id());
        var limit = kept.effectiveModels().getFirst().rateLimits().getFirst();
        assertThat(limit.sourceGroup()).isSameAs(group(image, 1).id());
        assertThat(limit.meteredGroup()).isSameAs(kept.id());
    }

    @Test
    void anIdThatIsNotKnownIsKeptAsItIs() {
        var key = key("tp_aaaaaaaaaaaa", 9, 8);
        var group = group(3, 2, 1);

        var image = Image.EMPTY.with(key).with(group);

        assertThat(image.apiKey("tp_aaaaaaaaaaaa")).contains(key);
        assertThat(group(image, 3)).isEqualTo(group);
    }

    private static Group group(Image image, int number) {
        return image.group(id(number).value()).orElseThrow();
    }

    private static Group group(int number, @Nullable Integer parent) {
        return group(number, parent, parent == null ? number : parent);
    }

    private static Group group(int number, @Nullable Integer parent, int root) {
        var limit =
                new EffectiveLimit(LimitType.REQUEST, LimitUnit.MINUTE, 10, id(root), id(number));
        return new Group(
                id(number),
                "customer-" + number,
                null,
                List.of(),
                List.of(new EffectiveModel("acme/small", List.of(limit), List.of())),
                LimitEnforcement.INDEPENDENT,
                parent == null ? null : id(parent),
                id(root),
                parent == null ? 1 : 2,
                AT,
                AT,
                1);
    }

    private static ApiKey key(String prefix, int group, int root) {
        return new ApiKey(
                new KeyPrefix(prefix),
                id(group),
                id(root),
                null,
                new byte[32],
                1,
                AT,
                null,
                null,
                List.of(),
                null,
                null);
    }

    /** A new object each time. */
    private static GroupId id(int number) {
        return GroupId.ofUlid("01JE%022d".formatted(number));
    }
}
