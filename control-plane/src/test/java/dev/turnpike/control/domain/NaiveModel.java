package dev.turnpike.control.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.schemas.control.Adjustment;
import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.control.Credential;
import dev.turnpike.schemas.control.EffectiveModel;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.LimitEnforcement;
import dev.turnpike.schemas.control.ManagementKey;
import dev.turnpike.schemas.control.ModelAccess;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.control.Role;
import dev.turnpike.schemas.id.GroupId;
import dev.turnpike.schemas.limit.EffectiveLimit;
import dev.turnpike.schemas.limit.Limit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All resources as a plain map, every property checked by brute force. */
final class NaiveModel {
    private final Map<String, Resource> resources = new LinkedHashMap<>();

    void apply(FactDraft fact) {
        var after = fact.after();
        if (after == null) {
            assertThat(resources.remove(fact.subject().stateKey())).isNotNull();
        } else {
            var old = resources.put(after.stateKey(), after);
            assertThat(old == null).isEqualTo(fact.before() == null);
        }
    }

    Collection<String> stateKeys() {
        return resources.keySet();
    }

    <R extends Resource> List<R> all(Class<R> type) {
        return resources.values().stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** What must hold whatever has happened. */
    void checkInvariants(String where) {
        var groups = all(Group.class);
        assertThat(all(Endpoint.class))
                .as(where)
                .extracting(Endpoint::slug)
                .doesNotHaveDuplicates();
        assertThat(groups).as(where).extracting(Group::externalEntityId).doesNotHaveDuplicates();
        for (var key : all(ApiKey.class)) {
            assertThat(groups).as(where).extracting(Group::id).contains(key.groupId());
        }
        for (var key : all(ManagementKey.class)) {
            boolean ofTenant = key.role() == Role.TENANT_ADMIN || key.role() == Role.MEMBER;
            assertThat(key.groupId() != null).as(where).isEqualTo(ofTenant);
            assertThat(!ofTenant || reaches(Authority.SYSTEM, key.groupId())).as(where).isTrue();
        }
        var credentials = all(Credential.class).stream().map(Credential::id).toList();
        for (var endpoint : all(Endpoint.class)) {
            assertThat(endpoint.targets()).as(where).isNotEmpty().doesNotHaveDuplicates();
            for (var target : endpoint.targets()) {
                var secret = target.secretId();
                assertThat(secret == null || credentials.contains(secret)).as(where).isTrue();
            }
            assertThat(servable(endpoint)).as(where).isTrue();
        }
        for (var group : groups) {
            checkGroup(group, where);
        }
    }

    private static boolean servable(Endpoint endpoint) {
        var region = endpoint.region();
        for (var target : endpoint.targets()) {
            if (region.equals("UNRESTRICTED")
                    || target.provider() == Provider.DEMO
                    || (target.region() != null && target.region().equalsIgnoreCase(region))) {
                return true;
            }
        }
        return false;
    }

    /** What has expired may be kept, but never so that there is more than the bounds say. */
    void checkRoom(Bounds bounds, String where) {
        for (var group : all(Group.class)) {
            assertThat(all(ApiKey.class).stream().filter(k -> k.groupId().equals(group.id())))
                    .as(where)
                    .hasSizeLessThanOrEqualTo(bounds.keysPerGroupMax());
            assertThat(
                            all(ManagementKey.class).stream()
                                    .filter(k -> group.id().equals(k.groupId())))
                    .as(where)
                    .hasSizeLessThanOrEqualTo(bounds.managementKeysPerGroupMax());
        }
        assertThat(all(ManagementKey.class).stream().filter(k -> k.groupId() == null))
                .as(where)
                .hasSizeLessThanOrEqualTo(bounds.managementKeysMax());
        assertThat(all(Adjustment.class))
                .as(where)
                .hasSizeLessThanOrEqualTo(bounds.adjustmentsMax());
    }

    private void checkGroup(Group group, String where) {
        var path = path(group);
        assertThat(path.size()).as(where).isEqualTo(group.level()).isLessThanOrEqualTo(5);
        assertThat(path.getLast().id()).as(where).isEqualTo(group.rootGroupId());
        assertThat(group.models()).as(where).extracting(ModelAccess::slug).doesNotHaveDuplicates();
        for (var ancestor : path.subList(1, path.size())) {
            assertThat(ancestor.limitEnforcement()).as(where).isEqualTo(group.limitEnforcement());
            if (group.limitEnforcement() == LimitEnforcement.CASCADING) {
                assertThat(exceeds(group, ancestor)).as(where).isFalse();
            }
        }
    }

    /** The group and its ancestors. */
    List<Group> path(Group group) {
        var path = new ArrayList<Group>(List.of(group));
        while (path.getLast().parentGroupId() != null) {
            var parent = Objects.requireNonNull(path.getLast().parentGroupId());
            path.add(
                    all(Group.class).stream()
                            .filter(other -> other.id().equals(parent))
                            .findFirst()
                            .orElseThrow());
        }
        return path;
    }

    boolean exceeds(Group child, Group ancestor) {
        for (var own : child.models()) {
            for (var above : ancestor.models()) {
                for (var a : limits(own)) {
                    for (var b : limits(above)) {
                        if (own.slug().equals(above.slug())
                                && a.type() == b.type()
                                && a.unit() == b.unit()
                                && a.threshold() > b.threshold()) {
                            return true;
                        }
                    }
                }
            }
        }
        return false;
    }

    private static List<Limit> limits(ModelAccess model) {
        var limits = new ArrayList<>(model.rateLimits());
        limits.addAll(model.usageLimits());
        return limits;
    }

    /** Effective limits by another way than the code: for each tuple, ask every ancestor. */
    Set<List<Object>> effective(Group group) {
        var slugs = new TreeSet<String>();
        group.models().forEach(model -> slugs.add(model.slug()));
        path(group).stream()
                .flatMap(one -> one.models().stream())
                .filter(model -> model.slug().equals("*"))
                .forEach(model -> slugs.add("*"));
        var all = new HashSet<List<Object>>();
        for (var slug : slugs) {
            all.add(List.of(slug));
            var taken = new HashSet<List<Object>>();
            for (var source : path(group)) {
                for (var model : source.models()) {
                    for (var limit : limits(model)) {
                        var tuple = List.<Object>of(limit.type(), limit.unit());
                        boolean cascading = group.limitEnforcement() == LimitEnforcement.CASCADING;
                        if (model.slug().equals(slug) && (cascading || taken.add(tuple))) {
                            var metered = cascading ? source.id() : group.id();
                            all.add(
                                    List.of(
                                            slug,
                                            limit.type(),
                                            limit.unit(),
                                            limit.threshold(),
                                            source.id(),
                                            metered));
                        }
                    }
                }
            }
        }
        return all;
    }

    static Set<List<Object>> flatten(List<EffectiveModel> models) {
        var all = new HashSet<List<Object>>();
        for (var model : models) {
            all.add(List.of(model.slug()));
            add(model, model.rateLimits(), all);
            add(model, model.usageLimits(), all);
        }
        return all;
    }

    private static void add(
            EffectiveModel model, List<EffectiveLimit> limits, Set<List<Object>> all) {
        for (var limit : limits) {
            all.add(
                    List.of(
                            model.slug(),
                            limit.type(),
                            limit.unit(),
                            limit.threshold(),
                            limit.sourceGroup(),
                            limit.meteredGroup()));
        }
    }

    boolean has(Class<? extends Resource> type, Function<Resource, Object> field, Object value) {
        return all(type).stream().anyMatch(resource -> value.equals(field.apply(resource)));
    }

    boolean lastOwner(String prefix) {
        var lasting =
                all(ManagementKey.class).stream()
                        .filter(key -> key.role() == Role.OWNER && key.expiresAt() == null)
                        .map(key -> key.prefix().value())
                        .toList();
        return lasting.equals(List.of(prefix));
    }

    /** Whether a group lives and is the asker's, or below it. */
    boolean reaches(Authority by, @Nullable GroupId id) {
        return all(Group.class).stream()
                .filter(group -> group.id().equals(id))
                .anyMatch(group ->
                        by.subtree() == null
                                || path(group).stream()
                                        .anyMatch(up -> up.id().equals(by.subtree())));
    }

    /** What was accepted from a tenant is about its own subtree; asked before it is applied. */
    void checkReach(List<FactDraft> facts, Authority by, String where) {
        if (by.subtree() == null || by.role() != Role.TENANT_ADMIN) {
            return;
        }
        for (var fact : facts) {
            switch (fact.subject()) {
                case Group g -> {
                    assertThat(g.id()).as(where).isNotEqualTo(by.subtree());
                    var parent = g.parentGroupId();
                    assertThat(reaches(by, parent)).as(where).isTrue();
                }
                case ApiKey k -> assertThat(reaches(by, k.groupId())).as(where).isTrue();
                case ManagementKey k -> {
                    assertThat(reaches(by, k.groupId())).as(where).isTrue();
                    assertThat(k.role()).as(where).isIn(Role.TENANT_ADMIN, Role.MEMBER);
                }
                default -> {} // Routes of other resources do not let tenants in.
            }
        }
    }

    boolean groupsUnknown(List<?> ids) {
        return ids.stream().anyMatch(id -> !has(Group.class, g -> ((Group) g).id(), id));
    }
}
