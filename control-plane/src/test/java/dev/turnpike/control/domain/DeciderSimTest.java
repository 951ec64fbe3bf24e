package dev.turnpike.control.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.control.domain.Command.Adjust;
import dev.turnpike.control.domain.Command.CreateEndpoint;
import dev.turnpike.control.domain.Command.CreateGroup;
import dev.turnpike.control.domain.Command.CreateManagementKey;
import dev.turnpike.control.domain.Command.CreateWebhook;
import dev.turnpike.control.domain.Command.DeleteCredential;
import dev.turnpike.control.domain.Command.RevokeManagementKey;
import dev.turnpike.control.domain.Command.UpdateWebhook;
import dev.turnpike.control.domain.Decision.Accepted;
import dev.turnpike.control.domain.Decision.Rejected;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.Resource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random commands, each sent twice; the printed seed repeats a failure exactly. */
class DeciderSimTest {
    private static final int STEPS = 4_000;
    private static final Bounds SMALL = new Bounds(6, 18, 7, 2, 4, 3, 4, 2, 2, 2, 2, 4, 5, 6);

    private final Decider decider = new Decider(SMALL);
    private final NaiveModel model = new NaiveModel();
    private final List<FactDraft> log = new ArrayList<>();
    private final Set<Class<?>> commands = new HashSet<>();
    private final Set<Rule> rules = EnumSet.noneOf(Rule.class);
    private Image image = Image.EMPTY;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 20_261_121})
    void whateverIsAskedTheRulesHoldAndTheLogRepeatsIt(long seed) {
        run(seed);
        var replayed = Image.EMPTY;
        for (var fact : log) {
            replayed = Evolver.evolve(replayed, fact).image();
        }
        assertThat(replayed.equals(image)).as("replay, seed %d", seed).isTrue();
    }

    @Test
    void everyCommandIsAcceptedAndEveryRuleIsBrokenAtLeastOnce() {
        for (long seed : new long[] {7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}) {
            run(seed);
        }
        assertThat(commands).containsExactlyInAnyOrder(Command.class.getPermittedSubclasses());
        assertThat(rules).containsExactlyInAnyOrder(Rule.values());
    }

    private void run(long seed) {
        var random = new Random(seed);
        var draws = new RandomCommands(random);
        for (int step = 0; step < STEPS; step++) {
            var where = "step " + step + ", seed " + seed;
            var at = Instant.EPOCH.plusSeconds(log.size() + 10L * step);
            var by = draws.authority();
            var ask = new Ask(draws.next(image), at, draws.expectedVersion(), by);
            var decision = decider.decide(ask, image);
            assertThat(decider.decide(ask, image)).as(where).isEqualTo(decision);
            switch (decision) {
                case Rejected(var rule, _) -> {
                    rules.add(rule);
                    assertThat(justified(rule, ask)).as(where + " " + ask).isTrue();
                }
                case Accepted(var facts, _) -> {
                    if (!facts.isEmpty()) {
                        commands.add(ask.command().getClass());
                    }
                    model.checkReach(facts, by, where + " " + ask);
                    accept(facts, where);
                    var again = new Ask(ask.command(), at, OptionalLong.empty(), by);
                    assertNothingMore(decider.decide(again, image), where + " " + ask);
                }
            }
        }
    }

    /** A retry finds its work done: nothing to change, or nothing left to delete. */
    private static void assertNothingMore(Decision retry, String where) {
        switch (retry) {
            case Accepted(var facts, _) -> assertThat(facts).as(where).isEmpty();
            case Rejected(var rule, _) ->
                    assertThat(rule)
                            .as(where)
                            .isIn(
                                    Rule.ABSENT,
                                    Rule.RACED,
                                    Rule.PREFIX_TAKEN,
                                    Rule.PREFIX_TWICE,
                                    Rule.HOST_TAKEN);
        }
    }

    private void accept(List<FactDraft> facts, String where) {
        for (var fact : facts) {
            log.add(fact);
            model.apply(fact);
            image = Evolver.evolve(image, fact).image();
        }
        if (facts.isEmpty()) {
            return;
        }
        model.checkInvariants(where);
        model.checkRoom(SMALL, where);
        assertThat(image.all().stream().map(Resource::stateKey))
                .as(where)
                .containsExactlyInAnyOrderElementsOf(model.stateKeys());
        for (var group : model.all(Group.class)) {
            var stored = image.group(group.id().value()).orElseThrow();
            assertThat(NaiveModel.flatten(stored.effectiveModels()))
                    .as(where + " " + group.id())
                    .isEqualTo(model.effective(group));
        }
    }

    /** Whether a plain look at the resources agrees that the rule is broken. */
    private boolean justified(Rule rule, Ask ask) {
        var command = ask.command();
        return switch (rule) {
            case SLUG_TAKEN ->
                    !(command instanceof CreateEndpoint c)
                            || model.has(Endpoint.class, e -> ((Endpoint) e).slug(), c.slug());
            case EXTERNAL_ID_TAKEN ->
                    command instanceof CreateGroup c
                            && model.has(
                                    Group.class,
                                    g -> ((Group) g).externalEntityId(),
                                    c.externalEntityId());
            case EXCEEDS_PARENT ->
                    !(command instanceof CreateGroup c)
                            || !ask.by().unbounded()
                            || exceedsSomeAncestor(c);
            case CREDENTIAL_IN_USE ->
                    command instanceof DeleteCredential c
                            && model.all(Endpoint.class).stream()
                                    .flatMap(e -> e.targets().stream())
                                    .anyMatch(t -> c.id().equals(t.secretId()));
            case LAST_OWNER ->
                    command instanceof RevokeManagementKey c && model.lastOwner(c.prefix().value());
            case GROUP_UNKNOWN ->
                    switch (command) {
                        case CreateWebhook c -> model.groupsUnknown(c.groupIds());
                        case UpdateWebhook c -> model.groupsUnknown(c.groupIds().orElseThrow());
                        case CreateManagementKey c -> !model.reaches(ask.by(), c.groupId());
                        case Adjust c -> !model.reaches(ask.by(), c.adjustment().groupId());
                        default -> false;
                    };
            default -> true;
        };
    }

    private boolean exceedsSomeAncestor(CreateGroup c) {
        var parent =
                model.all(Group.class).stream()
                        .filter(group -> group.id().equals(c.parentGroupId()))
                        .findFirst()
                        .orElseThrow();
        var child =
                new Group(
                        c.id(),
                        "",
                        null,
                        c.models(),
                        List.of(),
                        parent.limitEnforcement(),
                        parent.id(),
                        parent.rootGroupId(),
                        2,
                        Instant.EPOCH,
                        Instant.EPOCH,
                        1);
        return model.path(parent).stream().anyMatch(up -> model.exceeds(child, up));
    }
}
