package dev.turnpike.edge.pipeline;

import dev.turnpike.runtime.control.SecondUse;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The accounts whose keys came more than once of late, so that they need not be put together for
 * every request. Each holds for the point of the control state that it was found at, and for no
 * other. A table with one place for many keys: of two that share one the later stays. Thread-safe.
 */
final class RecentAccounts {
    /** Accounts known at a time; a power of two. */
    static final int ACCOUNTS_MAX = 4_096;

    private final AtomicReferenceArray<@Nullable Found> places =
            new AtomicReferenceArray<>(ACCOUNTS_MAX);

    /** Keys that come once would only make work for collections. */
    private final SecondUse asked = new SecondUse(ACCOUNTS_MAX);

    private record Found(Account account, long position) {}

    /**
     * The account of the key with this prefix, if it is known.
     *
     * @param position of the control state now
     */
    @Nullable Account at(long position, String prefix) {
        var found = places.get(place(prefix));
        return found != null
                        && found.position() == position
                        && found.account().key().prefix().value().equals(prefix)
                ? found.account()
                : null;
    }

    /**
     * Takes an account that was looked up.
     *
     * @param position of the control state before it was
     */
    void found(Account account, long position) {
        var prefix = account.key().prefix().value();
        if (asked.of(prefix)) {
            places.set(place(prefix), new Found(account, position));
        }
    }

    private static int place(String prefix) {
        int hash = prefix.hashCode();
        return (hash ^ hash >>> 16) & (ACCOUNTS_MAX - 1);
    }
}
