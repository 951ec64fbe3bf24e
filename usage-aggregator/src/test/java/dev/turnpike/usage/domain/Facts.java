package dev.turnpike.usage.domain;

import dev.turnpike.schemas.control.Price;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.id.DecisionId;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.id.PriceId;
import dev.turnpike.schemas.id.RequestId;
import dev.turnpike.schemas.limit.Charge;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.unit.TokenRate;
import dev.turnpike.schemas.usage.Call;
import dev.turnpike.schemas.usage.Caller;
import dev.turnpike.schemas.usage.Decision;
import dev.turnpike.schemas.usage.Outcome;
import dev.turnpike.schemas.usage.RequestFact;
import dev.turnpike.schemas.usage.RequestRecord;
import dev.turnpike.schemas.usage.Settlement;
import dev.turnpike.schemas.usage.TokenUsage;
import dev.turnpike.schemas.usage.UsageSource;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Records of one group, as an edge writes them. */
public final class Facts {
    public static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
    public static final String SLUG = "acme/m1";
    public static final String MODEL = "m-1";
    public static final GroupId GROUP = GroupId.ofUlid("01HZ0000000000000000000001");

    private static final String CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private Facts() {}

    public static RequestId request(long number) {
        return request(NOON, number);
    }

    public static RequestId request(Instant at, long number) {
        return RequestId.ofUlid(base32(at.toEpochMilli(), 10) + base32(number, 16));
    }

    public static Call call(RequestId id, GroupId group) {
        var prefix = new KeyPrefix("tp_AbCdEfGh1234");
        var caller = new Caller(group, group, "customer-1", prefix);
        return new Call(id, NOON, caller, SLUG, null, "chat", false, Map.of("k", "v"));
    }

    public static Charge tokens(LimitUnit unit, long reserved, long actual) {
        long window = unit.window(NOON);
        return new Charge(GROUP, SLUG, LimitType.TOKEN, unit, window, reserved, actual);
    }

    public static Charge requests(LimitUnit unit) {
        return new Charge(GROUP, "*", LimitType.REQUEST, unit, unit.window(NOON), 0, 1);
    }

    public static Settlement settlement(Outcome outcome, boolean charged, TokenUsage usage) {
        return new Settlement(
                outcome,
                charged,
                usage,
                UsageSource.PROVIDER,
                false,
                null,
                Provider.DEMO,
                MODEL,
                200,
                "stop",
                NOON.plusSeconds(2),
                2_000,
                null,
                List.of());
    }

    public static RequestRecord started(String stream, long sequence, long id, Charge... charges) {
        var fact = new RequestFact.Started(call(request(id), GROUP), List.of(charges), 10);
        return new RequestRecord(stream, sequence, fact);
    }

    public static RequestRecord settled(String stream, long sequence, long id, Charge... charges) {
        var usage = new TokenUsage(1_000, 0, 0, 500, 0);
        var end = settlement(Outcome.COMPLETED, true, usage);
        var fact = new RequestFact.Settled(call(request(id), GROUP), List.of(charges), end);
        return new RequestRecord(stream, sequence, fact);
    }

    public static RequestRecord aborted(
            String stream, long sequence, long id, String startedBy, Charge... charges) {
        var end = settlement(Outcome.ABORTED, true, new TokenUsage(1_000, 0, 0, 7, 0));
        var call = call(request(id), GROUP);
        var fact = new RequestFact.Aborted(call, startedBy, List.of(charges), end);
        return new RequestRecord(stream, sequence, fact);
    }

    public static RequestRecord refused(String stream, long sequence, long id) {
        var decision =
                new Decision(
                        DecisionId.ofUlid(base32(id, 26)), 429, "rate_limit_exceeded", null, 500L);
        var fact = new RequestFact.Refused(call(request(id), GROUP), decision);
        return new RequestRecord(stream, sequence, fact);
    }

    /** Two dollars a million in, six out. */
    public static Price price(long number, @Nullable String slug, Instant validFrom) {
        return new Price(
                PriceId.ofUlid(base32(number, 26)),
                slug,
                slug == null ? Provider.DEMO : null,
                slug == null ? MODEL : null,
                new TokenRate(2_000_000),
                null,
                null,
                new TokenRate(6_000_000),
                null,
                validFrom,
                null,
                validFrom,
                validFrom,
                1);
    }

    public static Horizon horizon(Instant now) {
        return new Horizon(now, now, Horizon.REQUESTS_MIN);
    }

    private static String base32(long value, int length) {
        var text = new char[length];
        for (int i = length - 1; i >= 0; i--) {
            text[i] = CROCKFORD.charAt((int) (value & 31));
            value >>>= 5;
        }
        return new String(text);
    }
}
