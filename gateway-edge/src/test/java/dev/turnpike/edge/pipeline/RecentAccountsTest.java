package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.id.KeyPrefix;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecentAccountsTest {
    private final RecentAccounts recent = new RecentAccounts();

    @Test
    void anAccountHoldsWhereItWasFoundAndNowhereElse() {
        var account = account("tp_000000000001");
        recent.found(account, 7);
        recent.found(account, 7);

        assertThat(recent.at(7, "tp_000000000001")).isSameAs(account);
        assertThat(recent.at(8, "tp_000000000001")).isNull();
        assertThat(recent.at(6, "tp_000000000001")).isNull();
    }

    @Test
    void aKeyThatCameOnceIsNotKept() {
        recent.found(account("tp_000000000001"), 7);

        assertThat(recent.at(7, "tp_000000000001")).isNull();
    }

    @Test
    void noKeyIsTakenForAnotherWhateverPlacesTheyShare() {
        for (int i = 0; i < 3 * RecentAccounts.ACCOUNTS_MAX; i++) {
            var account = account(prefix(i));
            recent.found(account, 7);
            recent.found(account, 7);
            assertThat(recent.at(7, prefix(i))).isSameAs(account);
        }
        int known = 0;
        for (int i = 0; i < 3 * RecentAccounts.ACCOUNTS_MAX; i++) {
            var account = recent.at(7, prefix(i));
            if (account != null) {
                assertThat(account.key().prefix().value()).isEqualTo(prefix(i));
                known++;
            }
        }
        assertThat(known).isLessThanOrEqualTo(RecentAccounts.ACCOUNTS_MAX);
    }

    private static String prefix(int number) {
        return "tp_%012d".formatted(number);
    }

    private static Account account(String prefix) {
        var group = MoneyRig.group();
        var key =
                new ApiKey(
                        new KeyPrefix(prefix),
                        group.id(),
                        group.rootGroupId(),
                        null,
                        new byte[32],
                        1,
                        Instant.EPOCH,
                        null,
                        null,
                        List.of(),
                        null,
                        null);
        return new Account(key, group, List.of());
    }
}
