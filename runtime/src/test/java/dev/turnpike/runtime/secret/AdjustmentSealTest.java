package dev.turnpike.runtime.secret;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.control.Adjustment;
import dev.turnpike.schemas.id.AdjustmentId;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.unit.NanoUsd;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AdjustmentSealTest {
    private static final GroupId GROUP = GroupId.ofUlid("01HZ0000000000000000000001");
    private static final GroupId ROOT = GroupId.ofUlid("01HZ0000000000000000000002");

    private final AdjustmentSeal seal = new AdjustmentSeal(MasterKey.of(new byte[32]));

    @Test
    void everyFieldIsSigned() {
        var signed = signed(seal, made(1, GROUP, -5, "goodwill", "inv-7", null));
        assertThat(seal.holds(signed)).isTrue();
        for (var other :
                List.of(
                        made(2, GROUP, -5, "goodwill", "inv-7", null),
                        made(1, ROOT, -5, "goodwill", "inv-7", null),
                        made(1, GROUP, 5, "goodwill", "inv-7", null),
                        made(1, GROUP, -5, "goodwil", "linv-7", null),
                        made(1, GROUP, -5, "goodwill", null, "inv-7"),
                        made(1, GROUP, -5, "goodwill", "inv-7", ""))) {
            assertThat(seal.holds(with(other, signed.signature()))).as("%s", other).isFalse();
        }
    }

    @Test
    void theGroupsInBetweenAreSignedInTheirOrder() {
        var signed = signed(seal, between(List.of(GROUP, ROOT)));
        assertThat(seal.holds(signed)).isTrue();
        for (var others : List.of(List.of(ROOT, GROUP), List.of(GROUP), List.<GroupId>of())) {
            assertThat(seal.holds(with(between(others), signed.signature())))
                    .as("%s", others)
                    .isFalse();
        }
    }

    /** What was signed before adjustments named the groups in between goes on to hold. */
    @Test
    void withoutGroupsInBetweenTheSignatureIsThatOfEarlierReleases() {
        var hex =
                HexFormat.of().formatHex(seal.sign(made(1, GROUP, -5, "goodwill", "inv-7", null)));
        assertThat(hex)
                .isEqualTo("36d8ce28f8435dd483aed108aaf019cafe9314a2dfa56a5c79dcc090e22c146d");
    }

    @Test
    void anotherInstallationsSignatureDoesNotHold() {
        var others = new byte[32];
        others[0] = 1;
        var signed =
                signed(
                        new AdjustmentSeal(MasterKey.of(others)),
                        made(1, GROUP, -5, "goodwill", null, null));
        assertThat(seal.holds(signed)).isFalse();
    }

    private static Adjustment signed(AdjustmentSeal seal, Adjustment adjustment) {
        return with(adjustment, seal.sign(adjustment));
    }

    private static Adjustment made(
            int id,
            GroupId group,
            long amount,
            String reason,
            @Nullable String reference,
            @Nullable String slug) {
        return new Adjustment(
                AdjustmentId.ofUlid("%026d".formatted(id)),
                group,
                ROOT,
                "customer",
                new NanoUsd(amount),
                reason,
                reference,
                slug,
                new byte[0],
                Instant.EPOCH,
                List.of());
    }

    private static Adjustment between(List<GroupId> groups) {
        var one = made(1, GROUP, -5, "goodwill", null, null);
        return new Adjustment(
                one.id(),
                one.groupId(),
                one.rootGroupId(),
                one.externalEntityId(),
                one.amount(),
                one.reason(),
                one.reference(),
                one.modelSlug(),
                one.signature(),
                one.createdAt(),
                groups);
    }

    private static Adjustment with(Adjustment a, byte[] signature) {
        return new Adjustment(
                a.id(),
                a.groupId(),
                a.rootGroupId(),
                a.externalEntityId(),
                a.amount(),
                a.reason(),
                a.reference(),
                a.modelSlug(),
                signature,
                a.createdAt(),
                a.groupsBetween());
    }
}
