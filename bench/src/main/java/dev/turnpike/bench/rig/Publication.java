package dev.turnpike.bench.rig;

import dev.turnpike.runtime.key.ApiKeyText;
import dev.turnpike.runtime.key.KeyHasher;
import dev.turnpike.runtime.secret.MasterKey;
import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.control.EffectiveModel;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.LimitEnforcement;
import dev.turnpike.schemas.control.ModelAccess;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
import dev.turnpike.schemas.id.EndpointId;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.id.Slug;
import dev.turnpike.schemas.limit.EffectiveLimit;
import dev.turnpike.schemas.limit.Limit;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is published for the bench: one group with a key, two models, and a limit of requests and of
 * tokens by the minute on each, too high to refuse anything.
 */
public final class Publication {
    /** The model whose upstream answers whole. */
    public static final String WHOLE = "bench/whole";

    /** The model whose upstream streams slowly. */
    public static final String STREAM = "bench/stream";

    private static final GroupId GROUP = GroupId.ofUlid("01JD0000000000000000000001");
    private static final long REQUESTS_A_MINUTE = 1_000_000_000L;
    private static final long TOKENS_A_MINUTE = 1_000_000_000_000L;
    private static final Instant CREATED = Instant.parse("2026-11-01T00:00:00Z");
    private static final List<Limit> LIMITS =
            List.of(
                    new Limit(LimitType.REQUEST, LimitUnit.MINUTE, REQUESTS_A_MINUTE),
                    new Limit(LimitType.TOKEN, LimitUnit.MINUTE, TOKENS_A_MINUTE));

    private Publication() {}

    static Group group() {
        return group(GROUP, "bench", null);
    }

    /**
     * A group that may call both models, with limits of its own.
     *
     * @param parent a root to put it below; null makes it a root
     */
    static Group group(GroupId id, String externalId, @Nullable GroupId parent) {
        return new Group(
                id,
                externalId,
                null,
                List.of(access(WHOLE), access(STREAM)),
                List.of(effective(WHOLE, id), effective(STREAM, id)),
                LimitEnforcement.INDEPENDENT,
                parent,
                parent == null ? id : parent,
                parent == null ? 1 : 2,
                CREATED,
                CREATED,
                1);
    }

    private static ModelAccess access(String slug) {
        return new ModelAccess(slug, LIMITS, List.of());
    }

    private static EffectiveModel effective(String slug, GroupId group) {
        var applied =
                LIMITS.stream()
                        .map(limit ->
                                new EffectiveLimit(
                                        limit.type(),
                                        limit.unit(),
                                        limit.threshold(),
                                        group,
                                        group))
                        .toList();
        return new EffectiveModel(slug, applied, List.of());
    }

    /**
     * @param number tells endpoints apart
     */
    static Endpoint endpoint(int number, String slug, int upstreamPort) {
        var target =
                new Target(
                        Provider.OPENAI_COMPATIBLE,
                        null,
                        "scripted",
                        "http://127.0.0.1:" + upstreamPort + "/v1",
                        null,
                        null,
                        0,
                        1,
                        new Timeouts(2_000, 30_000, 30_000, 120_000),
                        Map.of());
        return new Endpoint(
                EndpointId.ofUlid("01JD%022d".formatted(number)),
                new Slug(slug),
                List.of(target),
                "UNRESTRICTED",
                false,
                CREATED,
                CREATED,
                1);
    }

    /** The record of a key. */
    public static ApiKey key(ApiKeyText text, MasterKey masterKey) {
        return key(text, GROUP, GROUP, KeyHasher.of(masterKey, 1));
    }

    /** The record of a key of any group. */
    static ApiKey key(ApiKeyText text, GroupId group, GroupId root, KeyHasher hasher) {
        var hash = hasher.hash(text.whole());
        return new ApiKey(
                new KeyPrefix(text.prefix()),
                group,
                root,
                null,
                hash.bytes(),
                hash.pepperVersion(),
                CREATED,
                null,
                null,
                List.of(),
                null,
                null);
    }
}
