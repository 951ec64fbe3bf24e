package dev.turnpike.control.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.control.domain.Command.CreateGroup;
import dev.turnpike.control.domain.Command.CreateManagementKey;
import dev.turnpike.control.domain.Command.DeleteGroup;
import dev.turnpike.control.domain.Command.KeyTerms;
import dev.turnpike.control.domain.Command.MintApiKey;
import dev.turnpike.control.domain.Command.Rename;
import dev.turnpike.control.domain.Command.UpdateGroup;
import dev.turnpike.control.domain.Decision.Accepted;
import dev.turnpike.control.domain.Decision.Rejected;
import dev.turnpike.schemas.control.Adjustment;
import dev.turnpike.schemas.control.LimitEnforcement;
import dev.turnpike.schemas.control.ModelAccess;
import dev.turnpike.schemas.control.Role;
import dev.turnpike.schemas.id.AdjustmentId;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.limit.Limit;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.unit.NanoUsd;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a tenant may do below its group, and what it cannot. */
class SubtreeRulesTest {
    private static final GroupId ROOT = id(1);
    private static final GroupId OWN = id(2);
    private static final GroupId CHILD = id(3);
    private static final GroupId SIBLING = id(4);
    private static final GroupId NEW = id(5);
    private static final Authority TENANT = new Authority(Role.TENANT_ADMIN, OWN, null);

    private final Decider decider = new Decider(Bounds.DEFAULT);
    private Image image = Image.EMPTY;
    private int seconds;

    /** A root with 100 and two groups; the tenant's, with a child, inherits from the root. */
    private void tree(LimitEnforcement mode) {
        accept(create(ROOT, "root", null, mode, model("acme/m", 100), model("acme/n", 100)));
        accept(create(OWN, "own", ROOT, null, model("acme/m", null)));
        accept(create(CHILD, "own/child", OWN, null, model("acme/m", 10)));
        accept(create(SIBLING, "sibling", ROOT, null, model("acme/m", 10)));
    }

    @Test
    void whatIsOutsideDoesNotExist() {
        tree(LimitEnforcement.CASCADING);
        for (var outside : List.of(ROOT, SIBLING, NEW)) {
            assertThat(refusal(create(NEW, "own/x", outside, null, model("acme/m", 1))))
                    .isEqualTo(Rule.PARENT_UNKNOWN);
            assertThat(refusal(update(outside, model("acme/m", 1)))).isEqualTo(Rule.ABSENT);
            assertThat(refusal(rename(outside))).isEqualTo(Rule.ABSENT);
            assertThat(refusal(new DeleteGroup(outside))).isEqualTo(Rule.ABSENT);
            assertThat(refusal(keyOf(outside, Role.MEMBER))).isEqualTo(Rule.GROUP_UNKNOWN);
        }
        assertThat(refusal(create(NEW, "own/x", null, null, model("acme/m", 1))))
                .isEqualTo(Rule.PARENT_UNKNOWN);
    }

    @Test
    void itsOwnGroupIsTheOperatorsBusiness() {
        tree(LimitEnforcement.CASCADING);
        assertThat(refusal(update(OWN, model("acme/m", 1)))).isEqualTo(Rule.OWN_GROUP);
        assertThat(refusal(rename(OWN))).isEqualTo(Rule.OWN_GROUP);
        assertThat(refusal(new DeleteGroup(OWN))).isEqualTo(Rule.OWN_GROUP);
    }

    @Test
    void itGivesNoModelThatItsOwnGroupLacks() {
        tree(LimitEnforcement.CASCADING);
        var foreign = model("acme/n", 1);
        assertThat(refusal(update(CHILD, foreign))).isEqualTo(Rule.SLUG_NOT_OWN);
        assertThat(refusal(create(NEW, "own/x", OWN, null, foreign))).isEqualTo(Rule.SLUG_NOT_OWN);
        acceptFrom(TENANT, update(CHILD, model("acme/m", 1), model(ModelAccess.ALL_MODELS, 1)));
    }

    @Test
    void itGivesNoMoreThanItsOwnGroupMayUse() {
        for (var mode : LimitEnforcement.values()) {
            image = Image.EMPTY;
            tree(mode);
            assertThat(refusal(update(CHILD, model("acme/m", 101)))).isEqualTo(Rule.EXCEEDS_PARENT);
            acceptFrom(TENANT, update(CHILD, model("acme/m", 100)));
        }
    }

    @Test
    void itAddsGroupsUnderItsOwnNameWhereTheyShareAPool() {
        tree(LimitEnforcement.CASCADING);
        assertThat(refusal(create(NEW, "sibling/x", OWN, null, model("acme/m", 1))))
                .isEqualTo(Rule.EXTERNAL_ID_NOT_OWN);
        assertThat(refusal(create(NEW, "own/child", OWN, null, model("acme/m", 1))))
                .isEqualTo(Rule.EXTERNAL_ID_TAKEN);
        acceptFrom(TENANT, create(NEW, "own/x", CHILD, null, model("acme/m", 1)));
    }

    @Test
    void itAddsNothingWhereEachGroupHasLimitsOfItsOwn() {
        tree(LimitEnforcement.INDEPENDENT);
        assertThat(refusal(create(NEW, "own/x", OWN, null, model("acme/m", 1))))
                .isEqualTo(Rule.OWN_TEMPLATE);
        acceptFrom(TENANT, new DeleteGroup(CHILD));
    }

    @Test
    void itMakesKeysOfTenantsOnly() {
        tree(LimitEnforcement.CASCADING);
        assertThat(refusal(keyOf(null, Role.AUDITOR))).isEqualTo(Rule.ROLE_STRONGER);
        acceptFrom(TENANT, keyOf(CHILD, Role.TENANT_ADMIN));
        var brief = new Authority(Role.TENANT_ADMIN, OWN, Instant.EPOCH.plusSeconds(1_000));
        assertThat(refusalFrom(brief, keyOf(CHILD, Role.MEMBER))).isEqualTo(Rule.KEY_OUTLIVES);
    }

    @Test
    void aGroupTakesEveryKeyAlong() {
        tree(LimitEnforcement.CASCADING);
        accept(keyOf(CHILD, Role.MEMBER));
        var terms = new KeyTerms(null, new byte[32], 1, null, null, List.of(), null);
        accept(new MintApiKey(new KeyPrefix("tp_1"), CHILD, terms));

        var facts = ((Accepted) decide(Authority.SYSTEM, new DeleteGroup(OWN))).facts();

        assertThat(facts)
                .extracting(FactDraft::action)
                .containsExactly(
                        "api_key.revoked",
                        "management_key.revoked",
                        "group.deleted",
                        "group.deleted");
    }

    @Test
    void whatIsGoneIsStillSeenThroughItsTree() {
        tree(LimitEnforcement.CASCADING);
        var child = image.group(CHILD.value()).orElseThrow();
        var sibling = image.group(SIBLING.value()).orElseThrow();
        accept(new DeleteGroup(CHILD));

        assertThat(TENANT.sees(image, child)).isTrue();
        assertThat(TENANT.sees(image, sibling)).isFalse();
        assertThat(new Authority(Role.MEMBER, ROOT, null).sees(image, child)).isTrue();
        assertThat(TENANT.group(image, CHILD.value())).isEmpty();
    }

    @Test
    void aCreditOfAGroupThatIsGoneIsSeenFromEveryGroupAboveIt() {
        tree(LimitEnforcement.CASCADING);
        var child = image.group(CHILD.value()).orElseThrow();
        var credit =
                new Adjustment(
                        AdjustmentId.ofUlid("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
                        CHILD,
                        ROOT,
                        child.externalEntityId(),
                        new NanoUsd(-1),
                        "goodwill",
                        null,
                        null,
                        new byte[0],
                        Instant.EPOCH,
                        GroupTree.between(image, child));
        accept(new DeleteGroup(CHILD));

        assertThat(TENANT.sees(image, credit)).isTrue();
        assertThat(new Authority(Role.MEMBER, SIBLING, null).sees(image, credit)).isFalse();
    }

    private void accept(Command command) {
        acceptFrom(Authority.SYSTEM, command);
    }

    private void acceptFrom(Authority by, Command command) {
        var decision = decide(by, command);
        assertThat(decision).isInstanceOf(Accepted.class);
        for (var fact : ((Accepted) decision).facts()) {
            image = Evolver.evolve(image, fact).image();
        }
    }

    private Rule refusal(Command command) {
        return refusalFrom(TENANT, command);
    }

    private Rule refusalFrom(Authority by, Command command) {
        var decision = decide(by, command);
        assertThat(decision).as("%s", command).isInstanceOf(Rejected.class);
        return ((Rejected) decision).rule();
    }

    private Decision decide(Authority by, Command command) {
        var at = Instant.EPOCH.plusSeconds(seconds++);
        return decider.decide(new Ask(command, at, OptionalLong.empty(), by), image);
    }

    private CreateManagementKey keyOf(@Nullable GroupId group, Role role) {
        var prefix = new KeyPrefix("tpm_" + seconds);
        return new CreateManagementKey(prefix, "k", role, group, new byte[32], 1, null);
    }

    private static CreateGroup create(
            GroupId id,
            String externalId,
            @Nullable GroupId parent,
            @Nullable LimitEnforcement mode,
            ModelAccess... models) {
        return new CreateGroup(id, externalId, null, List.of(models), mode, parent);
    }

    private static UpdateGroup update(GroupId id, ModelAccess... models) {
        return new UpdateGroup(id, Optional.empty(), Optional.of(List.of(models)));
    }

    private static UpdateGroup rename(GroupId id) {
        return new UpdateGroup(id, Optional.of(new Rename("n")), Optional.empty());
    }

    private static ModelAccess model(String slug, @Nullable Integer perDay) {
        var limits =
                perDay == null
                        ? List.<Limit>of()
                        : List.of(new Limit(LimitType.TOKEN, LimitUnit.DAY, perDay));
        return new ModelAccess(slug, List.of(), limits);
    }

    private static GroupId id(int number) {
        return GroupId.ofUlid(RandomCommands.ulid(number));
    }
}
