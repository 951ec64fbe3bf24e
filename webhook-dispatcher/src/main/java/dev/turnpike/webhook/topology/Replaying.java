package dev.turnpike.webhook.topology;

import dev.turnpike.schemas.webhook.CustomerField;
import dev.turnpike.webhook.domain.Directory;
import dev.turnpike.webhook.domain.LedgerRead;
import java.util.function.Consumer;

/** What the tasks of one process share to carry out replays. All parts are thread-safe. */
public record Replaying(Directory directory, Ledger ledger, CustomerField customerField) {
    /** Reads the ledger. */
    @FunctionalInterface
    public interface Ledger {
        /**
         * Starts a read and returns.
         *
         * @param done receives the outcome once, on any thread
         * @return false if it cannot be taken up now
         */
        boolean start(LedgerRead read, Consumer<LedgerRead.Outcome> done);
    }
}
