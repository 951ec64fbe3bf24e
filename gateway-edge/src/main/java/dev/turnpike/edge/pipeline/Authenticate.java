package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.host.HostView;
import dev.turnpike.edge.protocol.RequestHeaders;
import dev.turnpike.runtime.control.ControlView;
import dev.turnpike.runtime.key.ApiKeyText;
import dev.turnpike.runtime.key.KeyHasher;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.schemas.control.AddressRange;
import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.control.Group;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who calls. Every kind of wrong key (malformed, unknown, wrong secret, revoked, expired,
 * of a deleted group, a management key) does the same work and gives the same answer.
 */
public final class Authenticate {
    private static final Problem WRONG_KEY =
            Problem.of(ErrorCode.INVALID_API_KEY, "Incorrect API key provided");
    private static final Problem NO_KEY =
            Problem.of(
                    ErrorCode.INVALID_API_KEY,
                    "No API key provided: send it as \"Authorization: Bearer <key>\"");

    private static final Problem TWO_KEYS =
            Problem.of(
                    ErrorCode.INVALID_API_KEY,
                    "The headers of this request carry two different API keys");

    /** Different keys that are looked up for one request; more are refused unseen. */
    private static final int KEYS_MAX = 8;

    private static final Problem WRONG_ADDRESS =
            Problem.of(
                    ErrorCode.IP_NOT_AUTHORIZED, "This API key may not be used from this address");

    private static final Problem WRONG_TIME =
            Problem.of(ErrorCode.TIME_NOT_AUTHORIZED, "This API key may not be used at this time");

    private final ControlView control;
    private final KeyHasher hasher;
    private final HostView hosts;
    private final RecentAccounts recent = new RecentAccounts();

    public Authenticate(ControlView control, KeyHasher hasher, HostView hosts) {
        this.control = control;
        this.hasher = hasher;
        this.hosts = hosts;
    }

    /**
     * The key that was presented, and its group.
     *
     * @param sight what is seen under the host that was called
     * @param position of the control state that this follows from, or of an earlier one
     * @param refusal why the key may not be used from here or now; null when it may
     */
    public record Authenticated(
            Account account, HostView.Sight sight, long position, @Nullable Problem refusal) {
        ApiKey key() {
            return account.key();
        }

        Group group() {
            return account.group();
        }

        /**
         * This caller.
         *
         * @throws dev.turnpike.runtime.problem.ProblemException {@code IP_NOT_AUTHORIZED} or {@code
         *     TIME_NOT_AUTHORIZED} for the right key at a wrong place or time
         */
        Authenticated welcome() {
            if (refusal != null) {
                throw refusal.asException();
            }
            return this;
        }
    }

    /**
     * A caller who may be served.
     *
     * @throws dev.turnpike.runtime.problem.ProblemException {@code INVALID_API_KEY}, or as {@link
     *     Authenticated#welcome}
     */
    public Authenticated apply(InboundRequest request) {
        return known(request).welcome();
    }

    /**
     * Whose key it is, though he may not use it from here or now.
     *
     * @throws dev.turnpike.runtime.problem.ProblemException {@code INVALID_API_KEY}
     */
    Authenticated known(InboundRequest request) {
        long position = control.position(); // First: what is read below is no older.
        var presented = presented(request.headers());
        if (presented.isEmpty()) {
            throw NO_KEY.asException();
        }
        if (presented.size() > KEYS_MAX) {
            throw TWO_KEYS.asException();
        }
        var account = recognised(presented.getFirst(), position, request.receivedAt());
        if (account == null) {
            throw WRONG_KEY.asException();
        }
        for (int i = 1; i < presented.size(); i++) {
            if (recognised(presented.get(i), position, request.receivedAt()) != null) {
                throw TWO_KEYS.asException();
            }
        }
        var sight = hosts.of(request.headers().first("host"));
        return new Authenticated(account, sight, position, refusal(account.key(), request));
    }

    private static @Nullable Problem refusal(ApiKey key, InboundRequest request) {
        if (!mayComeFrom(key, request.clientAddress())) {
            return WRONG_ADDRESS;
        }
        return mayComeAt(key, request.receivedAt()) ? null : WRONG_TIME;
    }

    /**
     * Asks again, some time later, about the caller of the same request. Nothing is looked up and
     * compared a second time while the control state is what it was.
     *
     * @param before what was found when its head had come
     * @param request the same, with its body
     * @throws dev.turnpike.runtime.problem.ProblemException {@code INVALID_API_KEY}
     */
    Authenticated again(Authenticated before, InboundRequest request) {
        var now = request.receivedAt();
        boolean still =
                control.position() == before.position()
                        && !expired(before.key(), now)
                        && mayComeAt(before.key(), now);
        return still ? before : known(request);
    }

    /** Who has this key; the same work for every kind of wrong one. */
    private @Nullable Account recognised(String text, long position, Instant now) {
        var account = find(ApiKeyText.lookupPrefix(text), position);
        var key = account == null ? null : account.key();
        boolean right =
                hasher.matches(
                        text,
                        key == null ? null : key.hash(),
                        key == null ? 1 : key.pepperVersion());
        return right && key != null && !expired(key, now) ? account : null;
    }

    private @Nullable Account find(String prefix, long position) {
        var known = recent.at(position, prefix);
        if (known != null) {
            return known;
        }
        var found = control.consistently(() -> lookedUp(prefix));
        found.ifPresent(account -> recent.found(account, position));
        return found.orElse(null);
    }

    private Optional<Account> lookedUp(String prefix) {
        return control.apiKey(prefix)
                .flatMap(key -> control.group(key.groupId()).map(group -> account(key, group)));
    }

    private Account account(ApiKey key, Group group) {
        return new Account(key, group, control.groupsBetween(group));
    }

    private static boolean mayComeFrom(ApiKey key, InetAddress address) {
        var allowed = key.allowedAddresses();
        return allowed.isEmpty()
                || allowed.stream()
                        .flatMap(text -> AddressRange.parse(text).stream())
                        .anyMatch(range -> range.contains(address));
    }

    private static boolean mayComeAt(ApiKey key, Instant now) {
        var times = key.allowedTimes();
        return times == null || times.contain(now);
    }

    private static boolean expired(ApiKey key, Instant now) {
        var end = key.expiresAt();
        return end != null && !now.isBefore(end);
    }

    /** The different keys that a request carries, the one that counts first. */
    private static List<String> presented(RequestHeaders headers) {
        var keys = new ArrayList<String>(3);
        for (var credentials : headers.all("authorization")) {
            add(withoutScheme(credentials), keys);
        }
        headers.all("x-api-key").forEach(text -> add(text, keys));
        headers.all("api-key").forEach(text -> add(text, keys));
        return keys;
    }

    private static void add(String text, List<String> keys) {
        if (keys.size() <= KEYS_MAX) {
            boolean usable = !text.isEmpty() && text.length() <= ApiKeyText.LENGTH_MAX;
            if (usable && !keys.contains(text)) {
                keys.add(text);
            }
        }
    }

    private static String withoutScheme(String value) {
        int end = 0;
        while (end < value.length() && value.charAt(end) != ' ' && value.charAt(end) != '\t') {
            end++;
        }
        boolean followed = end < value.length();
        return followed && (begins(value, end, "bearer") || begins(value, end, "api-key"))
                ? value.substring(end + 1).strip()
                : "";
    }

    private static boolean begins(String value, int length, String scheme) {
        return length == scheme.length() && value.regionMatches(true, 0, scheme, 0, length);
    }
}
