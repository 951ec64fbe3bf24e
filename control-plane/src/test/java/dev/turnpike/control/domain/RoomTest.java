package dev.turnpike.control.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.control.domain.Command.Adjust;
import dev.turnpike.control.domain.Command.CreateGroup;
import dev.turnpike.control.domain.Command.CreateManagementKey;
import dev.turnpike.control.domain.Command.KeyTerms;
import dev.turnpike.control.domain.Command.MintApiKey;
import dev.turnpike.control.domain.Decision.Accepted;
import dev.turnpike.control.domain.Decision.Rejected;
import dev.turnpike.schemas.control.Adjustment;
import dev.turnpike.schemas.control.ModelAccess;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.control.ResourceKind;
import dev.turnpike.schemas.control.Role;
import dev.turnpike.schemas.id.AdjustmentId;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.unit.NanoUsd;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is over takes nobody's place; what is not takes one. */
class RoomTest {
    private static final GroupId GROUP = GroupId.ofUlid("01JD0000000000000000000001");
    private static final GroupId OTHER = GroupId.ofUlid("01JD0000000000000000000002");
    private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");

    /** Three keys to a group, three management keys for all, two for each group, 3 adjustments. */
    private static final Bounds SMALL = new Bounds(1, 9, 9, 3, 1, 1, 3, 2, 1, 1, 1, 1, 3, 99);

    private final Decider decider = new Decider(SMALL);
    private Image image = Image.EMPTY;
    private Instant now = START;

    @BeforeEach
    void groups() {
        for (var id : List.of(GROUP, OTHER)) {
            var models = List.of(new ModelAccess("a/b", List.of(), List.of()));
            accept(new CreateGroup(id, id.value(), null, models, null, null));
        }
    }

    @Test
    void keysThatHaveExpiredAreForgottenWhenTheirPlaceIsNeeded() {
        accept(mint("late", minutes(9)));
        accept(mint("early", minutes(5)));
        accept(mint("lasting", null));
        assertThat(refused(mint("new", null)))
                .isEqualTo("A group has at most 3 API keys that have not expired");

        now = minutes(5);
        assertThat(keys(Listing.keysOf(GROUP.value()))).as("can still be read").contains("early");
        var facts = accept(mint("new", null));

        assertThat(facts)
                .extracting(FactDraft::action)
                .containsExactly("api_key.created", "api_key.forgotten");
        assertThat(keys(Listing.keysOf(GROUP.value())))
                .containsExactlyInAnyOrder("late", "lasting", "new");
        assertThat(refused(mint("another", null))).contains("3 API keys");
    }

    @Test
    void whoKeepsMakingShortLivedKeysIsNeverLockedOut() {
        for (int i = 0; i < 50; i++) {
            now = minutes(i);
            accept(mint("key" + i, minutes(i + 2)));
            assertThat(image.count(Listing.keysOf(GROUP.value()))).isLessThanOrEqualTo(3);
        }
    }

    @Test
    void managementKeysOfOneGroupTakeNobodyElsesPlace() {
        accept(manage("mine1", GROUP, minutes(5)));
        accept(manage("mine2", GROUP, null));
        assertThat(refused(manage("mine3", GROUP, null)))
                .isEqualTo("A group has at most 2 management keys that have not expired");
        accept(manage("other1", OTHER, null));
        accept(manage("other2", OTHER, null));
        for (int i = 0; i < 3; i++) {
            accept(manage("free" + i, null, minutes(5)));
        }
        assertThat(refused(manage("last", null, null)))
                .isEqualTo(
                        "An installation has at most 3 management keys that have not expired and are"
                                + " bound to no group");

        now = minutes(5);
        accept(manage("mine3", GROUP, null));
        accept(manage("last", null, null));

        assertThat(keys(Listing.managementKeysOf(GROUP.value()))).containsExactly("mine2", "mine3");
        assertThat(keys(Listing.unboundManagementKeys())).containsExactly("last");
    }

    @Test
    void aTenantListsTheManagementKeysOfItsGroupInTheOrderTheyWereMade() {
        accept(manage("mine1", GROUP, null));
        now = minutes(1);
        accept(manage("other1", OTHER, null));
        now = minutes(2);
        accept(manage("mine2", GROUP, null));

        var tenant = new Authority(Role.TENANT_ADMIN, GROUP, null);
        assertThat(ids(tenant.managementKeys(image, null))).containsExactly("mine1", "mine2");
        var first = image.managementKey("mine1").map(Place::of).orElseThrow();
        assertThat(ids(tenant.managementKeys(image, first))).containsExactly("mine2");
        assertThat(ids(Authority.SYSTEM.managementKeys(image, first)))
                .containsExactly("other1", "mine2");
    }

    @Test
    void theOldestAdjustmentIsForgottenOnceNoRequestCanRepeatIt() {
        for (int i = 1; i <= 3; i++) {
            now = minutes(i);
            accept(adjust(i));
        }
        assertThat(refused(adjust(4)))
                .isEqualTo("An installation has at most 3 adjustments in 48 hours");

        now = minutes(1).plus(Duration.ofHours(48));
        assertThat(accept(adjust(4)))
                .extracting(FactDraft::action)
                .containsExactly("adjustment.created", "adjustment.forgotten");
        assertThat(image.count(Listing.all(ResourceKind.ADJUSTMENT))).isEqualTo(3);
        assertThat(image.adjustment(adjustment(1).id().value())).isEmpty();
        assertThat(refused(adjust(5))).contains("3 adjustments");
    }

    @Test
    void aGroupThatIsGoneCanBeCredited() {
        image = image.without(ResourceKind.GROUP.stateKey(GROUP.value()));
        accept(adjust(1));
    }

    private static Instant minutes(int after) {
        return START.plus(Duration.ofMinutes(after));
    }

    private static Command mint(String prefix, @Nullable Instant end) {
        var terms = new KeyTerms(null, new byte[1], 1, end, null, List.of(), null);
        return new MintApiKey(new KeyPrefix(prefix), GROUP, terms);
    }

    private static Command manage(String prefix, @Nullable GroupId group, @Nullable Instant end) {
        var role = group == null ? Role.AUDITOR : Role.MEMBER;
        return new CreateManagementKey(
                new KeyPrefix(prefix), "name", role, group, new byte[1], 1, end);
    }

    private static Command adjust(int number) {
        return new Adjust(adjustment(number));
    }

    private static Adjustment adjustment(int number) {
        return new Adjustment(
                AdjustmentId.ofUlid(RandomCommands.ulid(number)),
                GROUP,
                GROUP,
                "e",
                new NanoUsd(1),
                "reason",
                null,
                null,
                new byte[1],
                Instant.EPOCH,
                List.of());
    }

    private List<String> keys(Listing listing) {
        return ids(image.list(listing, null));
    }

    private static List<String> ids(Stream<Resource> resources) {
        return resources.map(Resource::resourceId).toList();
    }

    private List<FactDraft> accept(Command command) {
        var accepted = (Accepted) decide(command);
        for (var fact : accepted.facts()) {
            image = Evolver.evolve(image, fact).image();
        }
        return accepted.facts();
    }

    private String refused(Command command) {
        return ((Rejected) decide(command)).problem().message();
    }

    private Decision decide(Command command) {
        return decider.decide(new Ask(command, now, OptionalLong.empty()), image);
    }
}
