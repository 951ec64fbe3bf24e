package dev.turnpike.control.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.control.domain.Command.CreateGroup;
import dev.turnpike.control.domain.Command.UpdateGroup;
import dev.turnpike.control.domain.Decision.Accepted;
import dev.turnpike.control.domain.Decision.Rejected;
import dev.turnpike.schemas.control.LimitEnforcement;
import dev.turnpike.schemas.control.ModelAccess;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.limit.EffectiveLimit;
import dev.turnpike.schemas.limit.Limit;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The worked cases of the documented semantics. */
class CascadingAndIndependentTest {
    private static final GroupId ROOT = id(1);
    private static final GroupId CHILD = id(2);
    private static final GroupId GRANDCHILD = id(3);

    private final Decider decider = new Decider(Bounds.DEFAULT);
    private Image image = Image.EMPTY;
    private int seconds;

    @Test
    void aChildThatDeclaresNothingFollowsItsTemplateOnItsOwnCounter() {
        accept(create(ROOT, null, LimitEnforcement.INDEPENDENT, perMinute(100)));
        accept(create(CHILD, ROOT, null));
        assertThat(limitsOf(CHILD)).containsExactly(effective(100, ROOT, CHILD));

        accept(update(ROOT, perMinute(150)));

        assertThat(limitsOf(CHILD)).containsExactly(effective(150, ROOT, CHILD));
    }

    @Test
    void aChildMayOverrideItsTemplateInEitherDirection() {
        accept(create(ROOT, null, LimitEnforcement.INDEPENDENT, perMinute(100)));
        accept(create(CHILD, ROOT, null, perMinute(120)));

        accept(update(ROOT, perMinute(150)));

        assertThat(limitsOf(CHILD)).containsExactly(effective(120, CHILD, CHILD));
    }

    @Test
    void inACascadingTreeEveryLimitOnThePathAppliesOnItsSource() {
        accept(create(ROOT, null, LimitEnforcement.CASCADING, perMinute(100)));
        accept(create(CHILD, ROOT, null, perMinute(70)));
        accept(create(GRANDCHILD, CHILD, null));

        assertThat(limitsOf(GRANDCHILD))
                .containsExactly(effective(70, CHILD, CHILD), effective(100, ROOT, ROOT));
    }

    @Test
    void aCascadingChildMayNotExceedAnyAncestor() {
        accept(create(ROOT, null, LimitEnforcement.CASCADING, perMinute(100)));
        accept(create(CHILD, ROOT, null));

        assertThat(rejected(create(GRANDCHILD, CHILD, null, perMinute(101))).problem().message())
                .isEqualTo("Child group exceeds parent group limit.");
    }

    @Test
    void aCascadingAncestorMayNotGoBelowADescendant() {
        accept(create(ROOT, null, LimitEnforcement.CASCADING, perMinute(1_000)));
        accept(create(CHILD, ROOT, null, perMinute(800)));

        assertThat(rejected(update(ROOT, perMinute(700))).rule()).isEqualTo(Rule.EXCEEDS_PARENT);
        accept(update(CHILD, perMinute(500)));
        accept(update(ROOT, perMinute(700)));
    }

    @Test
    void aGrandchildMayNotExceedItsParentThoughTheRootAllowsIt() {
        accept(create(ROOT, null, LimitEnforcement.CASCADING, perDay(1_000)));
        accept(create(CHILD, ROOT, null, perDay(800)));

        assertThat(rejected(create(GRANDCHILD, CHILD, null, perDay(900))).rule())
                .isEqualTo(Rule.EXCEEDS_PARENT);
    }

    @Test
    void aGrandchildWithoutALimitOfItsOwnIsGatedByThoseAbove() {
        accept(create(ROOT, null, LimitEnforcement.CASCADING, perDay(1_000)));
        accept(create(CHILD, ROOT, null, perDay(800)));
        accept(create(GRANDCHILD, CHILD, null));

        assertThat(usageLimitsOf(GRANDCHILD))
                .containsExactly(
                        new EffectiveLimit(LimitType.TOKEN, LimitUnit.DAY, 800, CHILD, CHILD),
                        new EffectiveLimit(LimitType.TOKEN, LimitUnit.DAY, 1_000, ROOT, ROOT));
    }

    @Test
    void childrenTogetherMayExceedTheirParent() {
        accept(create(ROOT, null, LimitEnforcement.CASCADING, perMinute(100)));
        accept(create(CHILD, ROOT, null, perMinute(70)));
        accept(create(GRANDCHILD, ROOT, null, perMinute(70)));
    }

    @Test
    void anAncestorIsRaisedFirst() {
        accept(create(ROOT, null, LimitEnforcement.CASCADING, perMinute(100)));
        accept(create(CHILD, ROOT, null, perMinute(70)));

        assertThat(rejected(update(CHILD, perMinute(120))).rule()).isEqualTo(Rule.EXCEEDS_PARENT);
        accept(update(ROOT, perMinute(150)));
        accept(update(CHILD, perMinute(120)));
    }

    @Test
    void differentUnitsAreNotCompared() {
        accept(create(ROOT, null, LimitEnforcement.CASCADING, perMinute(60)));
        accept(create(CHILD, ROOT, null, perSecond(500)));
    }

    @Test
    void inAnIndependentTreeDifferentUnitsBothApply() {
        accept(create(ROOT, null, LimitEnforcement.INDEPENDENT, perMinute(60)));
        accept(create(CHILD, ROOT, null, perSecond(5)));

        assertThat(limitsOf(CHILD))
                .containsExactlyInAnyOrder(
                        new EffectiveLimit(LimitType.TOKEN, LimitUnit.SECOND, 5, CHILD, CHILD),
                        effective(60, ROOT, CHILD));
    }

    @Test
    void anAncestorMayNotDeclareLessThanADescendantHas() {
        accept(create(ROOT, null, LimitEnforcement.CASCADING));
        accept(create(CHILD, ROOT, null, perDay(800)));

        assertThat(rejected(update(ROOT, perDay(700))).rule()).isEqualTo(Rule.EXCEEDS_PARENT);
        accept(update(ROOT, perDay(800)));
    }

    @Test
    void zeroIsALimitLikeAnyOther() {
        accept(create(ROOT, null, LimitEnforcement.CASCADING, perMinute(0)));

        assertThat(rejected(create(CHILD, ROOT, null, perMinute(1))).rule())
                .isEqualTo(Rule.EXCEEDS_PARENT);
        accept(create(CHILD, ROOT, null, perMinute(0)));
    }

    @Test
    void treesHaveFiveLevels() {
        accept(create(id(11), null, LimitEnforcement.CASCADING));
        for (int level = 2; level <= 5; level++) {
            accept(create(id(10 + level), id(9 + level), null));
        }
        assertThat(rejected(create(id(16), id(15), null)).rule()).isEqualTo(Rule.TOO_DEEP);
    }

    @Test
    void anExternalIdIsFreeOnceItsGroupIsDeleted() {
        accept(create(ROOT, null, null));
        accept(new CreateGroup(CHILD, "ext", null, List.of(unlimited()), null, ROOT));
        var again = new CreateGroup(GRANDCHILD, "ext", null, List.of(unlimited()), null, null);

        assertThat(rejected(again).rule()).isEqualTo(Rule.EXTERNAL_ID_TAKEN);
        accept(new Command.DeleteGroup(ROOT));
        accept(again);
    }

    @Test
    void aLimitOverAllModelsReachesDescendantsThatDoNotListIt() {
        accept(create(ROOT, null, LimitEnforcement.CASCADING, model("*", 9)));
        accept(create(CHILD, ROOT, null, perMinute(5)));

        var models = image.group(CHILD.value()).orElseThrow().effectiveModels();

        assertThat(models).extracting("slug").containsExactly("acme/m", "*");
        assertThat(models.getLast().rateLimits()).containsExactly(effective(9, ROOT, ROOT));
    }

    @Test
    void theVersionOfADescendantStaysWhenOnlyItsInheritanceChanges() {
        accept(create(ROOT, null, LimitEnforcement.INDEPENDENT, perMinute(100)));
        accept(create(CHILD, ROOT, null));

        accept(update(ROOT, perMinute(150)));

        assertThat(image.group(CHILD.value()).orElseThrow().version()).isEqualTo(1);
        assertThat(image.group(ROOT.value()).orElseThrow().version()).isEqualTo(2);
    }

    private void accept(Command command) {
        var decision = decide(command);
        assertThat(decision).isInstanceOf(Accepted.class);
        for (var fact : ((Accepted) decision).facts()) {
            image = Evolver.evolve(image, fact).image();
        }
    }

    private Rejected rejected(Command command) {
        return (Rejected) decide(command);
    }

    private Decision decide(Command command) {
        var at = Instant.EPOCH.plusSeconds(seconds++);
        return decider.decide(new Ask(command, at, OptionalLong.empty()), image);
    }

    private List<EffectiveLimit> limitsOf(GroupId id) {
        return image.group(id.value()).orElseThrow().effectiveModels().getFirst().rateLimits();
    }

    private static CreateGroup create(
            GroupId id,
            @Nullable GroupId parent,
            @Nullable LimitEnforcement mode,
            ModelAccess... models) {
        var granted = models.length == 0 ? List.of(unlimited()) : List.of(models);
        return new CreateGroup(id, id.value(), null, granted, mode, parent);
    }

    private static UpdateGroup update(GroupId id, ModelAccess model) {
        return new UpdateGroup(id, Optional.empty(), Optional.of(List.of(model)));
    }

    private static ModelAccess unlimited() {
        return new ModelAccess("acme/m", List.of(), List.of());
    }

    private static ModelAccess perMinute(long tokens) {
        return model("acme/m", tokens);
    }

    private List<EffectiveLimit> usageLimitsOf(GroupId id) {
        return image.group(id.value()).orElseThrow().effectiveModels().getFirst().usageLimits();
    }

    private static ModelAccess perSecond(long tokens) {
        return new ModelAccess(
                "acme/m", List.of(new Limit(LimitType.TOKEN, LimitUnit.SECOND, tokens)), List.of());
    }

    private static ModelAccess perDay(long tokens) {
        return new ModelAccess(
                "acme/m", List.of(), List.of(new Limit(LimitType.TOKEN, LimitUnit.DAY, tokens)));
    }

    private static ModelAccess model(String slug, long tokens) {
        return new ModelAccess(
                slug, List.of(new Limit(LimitType.TOKEN, LimitUnit.MINUTE, tokens)), List.of());
    }

    private static EffectiveLimit effective(long threshold, GroupId source, GroupId metered) {
        return new EffectiveLimit(LimitType.TOKEN, LimitUnit.MINUTE, threshold, source, metered);
    }

    private static GroupId id(int number) {
        return GroupId.ofUlid(RandomCommands.ulid(number));
    }
}
