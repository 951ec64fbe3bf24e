package dev.turnpike.control.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.control.domain.Command.CreateGroup;
import dev.turnpike.control.domain.Command.DeleteGroup;
import dev.turnpike.control.domain.Command.UpdateGroup;
import dev.turnpike.control.domain.Decision.Accepted;
import dev.turnpike.control.domain.Decision.Rejected;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.LimitEnforcement;
import dev.turnpike.schemas.control.ModelAccess;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.control.ResourceKind;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.id.KeyPrefix;
import dev.turnpike.schemas.limit.EffectiveLimit;
import dev.turnpike.schemas.limit.Limit;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.usage.Caller;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random trees under random edits, held to {@link NaiveTree}; the printed seed repeats a failure.
 */
class GroupTreeSimTest {
    private static final int STEPS = 900;
    private static final Set<Rule> RULES_OF_TREES =
            EnumSet.of(
                    Rule.ABSENT,
                    Rule.EXTERNAL_ID_TAKEN,
                    Rule.MODEL_TWICE,
                    Rule.MODELS_EMPTY,
                    Rule.LIMIT_TWICE,
                    Rule.LIMIT_UNIT,
                    Rule.PARENT_UNKNOWN,
                    Rule.TOO_DEEP,
                    Rule.MODE_DIFFERS,
                    Rule.EXCEEDS_PARENT);

    private static final Function<GroupId, Optional<GroupId>> NOBODY = id -> Optional.empty();

    private final Decider decider = new Decider(Bounds.DEFAULT);
    private final NaiveTree naive = new NaiveTree();
    private final List<GroupId> drawn = new ArrayList<>();
    private final Set<Rule> broken = EnumSet.noneOf(Rule.class);
    private Image image = Image.EMPTY;
    private int deepest;
    private int shared;
    private int inherited;

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 20_261_121})
    void treesAreWhatTheDocumentedRulesMakeOfThem(long seed) {
        run(seed);
    }

    @Test
    void everyRuleOfTreesIsBrokenAndEveryLevelIsReached() {
        run(14);
        run(15);
        assertThat(broken).isEqualTo(RULES_OF_TREES);
        assertThat(deepest).isEqualTo(5);
    }

    private void run(long seed) {
        var random = new Random(seed);
        for (int step = 0; step < STEPS; step++) {
            var where = "step " + step + ", seed " + seed;
            switch (random.nextInt(20)) {
                case 0 -> delete(doomed(random), where);
                case 1, 2, 3, 4, 5, 6 -> update(random, where);
                default -> create(random, where);
            }
            if (step % 60 == 0) {
                assertSame(where);
            }
        }
        assertThat(shared).as("pools above a cascading group, seed %d", seed).isGreaterThan(200);
        assertThat(inherited).as("limits taken from a template, seed %d", seed).isGreaterThan(200);
    }

    private void create(RandomGenerator random, String where) {
        var id = GroupId.ofUlid(RandomCommands.ulid(drawn.size()));
        var external = "ext-" + random.nextInt(400);
        var parent = drawn.size() < 4 || random.nextInt(10) == 0 ? null : parent(random);
        int level = parent == null ? 0 : level(parent);
        var models = random.nextInt(20) == 0 ? List.<ModelAccess>of() : models(random, level);
        var mode = parent == null || random.nextInt(6) == 0 ? mode(random) : null;
        var parentId = parent == null ? null : parent.value();
        var expected = naive.brokenByCreating(external, models, mode, parentId);
        drawn.add(id);
        if (accepted(new CreateGroup(id, external, null, models, mode, parent), expected, where)) {
            naive.create(id.value(), external, models, mode, parentId);
        }
    }

    private void update(RandomGenerator random, String where) {
        var id = known(random);
        var models = models(random, Math.max(0, level(id) - 1));
        var expected = naive.brokenByChanging(id.value(), models);
        var command = new UpdateGroup(id, Optional.empty(), Optional.of(models));
        if (accepted(command, expected, where)) {
            naive.change(id.value(), models);
        }
    }

    private void delete(GroupId id, String where) {
        var before = image;
        boolean lives = naive.ids().contains(id.value());
        Set<Rule> expected = lives ? EnumSet.noneOf(Rule.class) : EnumSet.of(Rule.ABSENT);
        if (accepted(new DeleteGroup(id), expected, where)) {
            var gone = naive.delete(id.value());
            assertThat(groups(before)).as(where).containsAll(gone);
        }
    }

    private boolean accepted(Command command, Set<Rule> expected, String where) {
        var ask = new Ask(command, Instant.EPOCH.plusSeconds(drawn.size()), OptionalLong.empty());
        return switch (decider.decide(ask, image)) {
            case Rejected(var rule, _) -> {
                assertThat(expected).as("%s %s", where, command).contains(rule);
                broken.add(rule);
                yield false;
            }
            case Accepted(var facts, _) -> {
                assertThat(expected).as("%s %s", where, command).isEmpty();
                for (var fact : facts) {
                    image = Evolver.evolve(image, fact).image();
                }
                yield true;
            }
        };
    }

    private void assertSame(String where) {
        assertThat(groups(image)).as(where).isEqualTo(naive.ids());
        for (var id : naive.ids()) {
            var group = image.group(id).orElseThrow();
            deepest = Math.max(deepest, group.level());
            count(group);
            assertThat(flat(group)).as(where + " " + id).isEqualTo(naive.effective(id));
            var subtree =
                    groups(image).stream()
                            .filter(one ->
                                    GroupTree.within(
                                            image, image.group(one).orElseThrow(), group.id()))
                            .collect(Collectors.toSet());
            assertThat(subtree).as(where + " " + id).isEqualTo(naive.below(id));
            var named =
                    groups(image).stream()
                            .filter(one -> caller(one).within(List.of(group.id()), NOBODY))
                            .collect(Collectors.toSet());
            assertThat(named).as(where + " " + id).isEqualTo(naive.below(id));
        }
    }

    /** As a record of the group names it. */
    private Caller caller(String id) {
        var group = image.group(id).orElseThrow();
        return new Caller(
                group.id(),
                group.rootGroupId(),
                group.externalEntityId(),
                new KeyPrefix("tp_abcdef"),
                GroupTree.between(image, group));
    }

    private void count(Group group) {
        for (var model : group.effectiveModels()) {
            for (var limit : model.usageLimits()) {
                boolean own = limit.sourceGroup().equals(group.id());
                boolean cascading = group.limitEnforcement() == LimitEnforcement.CASCADING;
                shared += !own && cascading ? 1 : 0;
                inherited += !own && !cascading ? 1 : 0;
            }
        }
    }

    private static Set<String> groups(Image image) {
        return image.list(Listing.all(ResourceKind.GROUP), null)
                .map(Resource::resourceId)
                .collect(Collectors.toSet());
    }

    private static Set<List<Object>> flat(Group group) {
        var all = new HashSet<List<Object>>();
        for (var model : group.effectiveModels()) {
            all.add(List.of(model.slug()));
            model.rateLimits().forEach(limit -> all.add(flat(model.slug(), true, limit)));
            model.usageLimits().forEach(limit -> all.add(flat(model.slug(), false, limit)));
        }
        return all;
    }

    private static List<Object> flat(String slug, boolean rate, EffectiveLimit limit) {
        return List.of(
                slug,
                rate,
                limit.type(),
                limit.unit(),
                limit.threshold(),
                limit.sourceGroup().value(),
                limit.meteredGroup().value());
    }

    /** Mostly a group that lives, sometimes one that did or never was. */
    private GroupId known(RandomGenerator random) {
        var living = image.list(Listing.all(ResourceKind.GROUP), null).toList();
        if (living.isEmpty() || random.nextInt(15) == 0) {
            return drawn.isEmpty()
                    ? GroupId.ofUlid(RandomCommands.ulid(0))
                    : drawn.get(random.nextInt(drawn.size()));
        }
        return new GroupId(living.get(random.nextInt(living.size())).resourceId());
    }

    /** Rarely one with much below it: trees should grow. */
    private GroupId doomed(RandomGenerator random) {
        var id = known(random);
        return level(id) < 3 && random.nextInt(8) > 0 ? known(random) : id;
    }

    /** Rarely one that may have no children. */
    private GroupId parent(RandomGenerator random) {
        var id = known(random);
        return level(id) == 5 && random.nextInt(8) > 0 ? known(random) : id;
    }

    private int level(GroupId id) {
        return image.group(id.value()).map(Group::level).orElse(0);
    }

    private static LimitEnforcement mode(RandomGenerator random) {
        return random.nextBoolean() ? LimitEnforcement.CASCADING : LimitEnforcement.INDEPENDENT;
    }

    /** Thresholds shrink from level to level, so that many fit. */
    private static List<ModelAccess> models(RandomGenerator random, int level) {
        int most = 64 >> level;
        var models = new ArrayList<ModelAccess>();
        for (int slug = 0; slug < 4; slug++) {
            if (random.nextBoolean()) {
                var name = slug == 3 ? ModelAccess.ALL_MODELS : "acme/m" + slug;
                models.add(
                        new ModelAccess(
                                name, limits(random, true, most), limits(random, false, most)));
            }
        }
        if (models.isEmpty() || random.nextInt(60) == 0) {
            models.add(new ModelAccess("acme/m1", List.of(), List.of()));
        }
        return models;
    }

    private static List<Limit> limits(RandomGenerator random, boolean rate, int most) {
        var limits = new ArrayList<Limit>();
        for (var type : LimitType.values()) {
            for (var unit : LimitUnit.values()) {
                boolean calendar = unit == LimitUnit.DAY || unit == LimitUnit.MONTH;
                boolean fits = calendar != rate || random.nextInt(40) == 0;
                for (int twice = 0; fits && twice < 2; twice++) {
                    if (random.nextInt(twice == 0 ? 4 : 200) == 0) {
                        limits.add(new Limit(type, unit, random.nextInt(1 + most)));
                    }
                }
            }
        }
        return limits;
    }
}
