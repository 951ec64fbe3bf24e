package dev.turnpike.control.http;

import dev.turnpike.control.domain.Command.CreateGroup;
import dev.turnpike.control.domain.Command.DeleteGroup;
import dev.turnpike.control.domain.Command.Rename;
import dev.turnpike.control.domain.Command.UpdateGroup;
import dev.turnpike.control.domain.Listing;
import dev.turnpike.control.domain.Rule;
import dev.turnpike.control.log.Answer;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.LimitEnforcement;
import dev.turnpike.schemas.control.ManagementKey;
import dev.turnpike.schemas.id.GroupId;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code /groups}. */
final class GroupRoutes {
    private static final int TEXT_MAX = 255;
    private static final String ONE = "/groups/{group_id}";
    private static final String[] FILTERS = {"external_entity_id", "parent_group_id", "subtree_of"};

    private final Lists lists;

    GroupRoutes(Lists lists) {
        this.lists = lists;
    }

    List<Route> routes() {
        return List.of(
                Route.post("/groups", Operation.WRITE_GROUPS, GroupRoutes::create),
                Route.list("/groups", Operation.READ_GROUPS, this::list, FILTERS),
                Route.get(ONE, Operation.READ_GROUPS, GroupRoutes::read),
                Route.patch(ONE, Operation.WRITE_GROUPS, GroupRoutes::update),
                Route.delete(ONE, Operation.WRITE_GROUPS, GroupRoutes::delete),
                Route.list(ONE + "/children", Operation.READ_GROUPS, this::children),
                Route.list(ONE + "/subtree", Operation.READ_GROUPS, this::subtree));
    }

    private Reply list(Reading reading) {
        var given = Arrays.stream(FILTERS).filter(name -> reading.given(name).isPresent()).toList();
        if (given.size() > 1) {
            var filters = String.join(", ", FILTERS);
            throw Problem.invalid(given.get(1), "Give only one of " + filters).asException();
        }
        var top = reading.given("subtree_of");
        if (top.isPresent()) {
            return reading.authority()
                    .group(reading.image(), top.get())
                    .map(group -> lists.subtree(reading, group))
                    .orElseGet(() -> lists.page(reading, Listing.treeOf(top.get())));
        }
        return lists.page(
                reading,
                reading.given("external_entity_id")
                        .map(Listing::groupOfExternalId)
                        .or(() -> reading.given("parent_group_id").map(Listing::childrenOf))
                        .orElseGet(() -> reading.authority().reach(reading.image())));
    }

    private Reply children(Reading reading) {
        return lists.page(reading, Listing.childrenOf(reading.group().id().value()));
    }

    private Reply subtree(Reading reading) {
        return lists.subtree(reading, reading.group());
    }

    private static Reply read(Reading reading) {
        var group = reading.group();
        return Reply.of(Views.of(group), group);
    }

    private static Change create(Asking asking) {
        var body = asking.body();
        var metadata = body.object("metadata");
        var hierarchy = body.optionalObject("hierarchy");
        var command =
                new CreateGroup(
                        GroupId.ofUlid(asking.draws().ulid()),
                        metadata.text("external_entity_id", 1, TEXT_MAX),
                        metadata.optionalText("name", 0, TEXT_MAX).orElse(null),
                        LimitFields.read(body).orElseThrow(() -> body.missing("models")),
                        hierarchy
                                .flatMap(h -> h.oneOf("limit_enforcement", LimitEnforcement.class))
                                .orElse(null),
                        hierarchy.map(GroupRoutes::parent).orElse(null));
        return Change.of(command, GroupRoutes::reply);
    }

    private static @Nullable GroupId parent(Fields hierarchy) {
        return hierarchy
                .optionalText("parent_group_id", 1, TEXT_MAX)
                .map(text -> GroupId.parse(text).orElseThrow(GroupRoutes::noParent))
                .orElse(null);
    }

    /** The same answer as for a group that does not exist. */
    private static ProblemException noParent() {
        return Rule.PARENT_UNKNOWN.problem().withParam("hierarchy.parent_group_id").asException();
    }

    private static Change update(Asking asking) {
        var body = asking.body();
        var name =
                body.optionalObject("metadata")
                        .filter(metadata -> metadata.has("name"))
                        .map(metadata ->
                                new Rename(
                                        metadata.optionalText("name", 0, TEXT_MAX).orElse(null)));
        var models = LimitFields.read(body);
        body.doneWith(name.isPresent() || models.isPresent(), "models", "or metadata.name");
        return Change.of(new UpdateGroup(id(asking), name, models), GroupRoutes::reply);
    }

    private static Change delete(Asking asking) {
        return Change.of(new DeleteGroup(id(asking)), GroupRoutes::tombstone);
    }

    static Reply tombstone(Answer.Done done) {
        var group = (Group) Objects.requireNonNull(done.subject());
        var json = Json.object();
        json.put("id", group.id().value());
        json.set("metadata", GroupView.metadata(group));
        json.put("deleted_at", done.at().toString());
        var groups = json.putArray("deleted_groups");
        int keys = 0;
        int managementKeys = 0;
        for (var fact : done.facts().reversed()) {
            switch (fact.subject()) {
                case Group gone -> groups.add(gone.id().value());
                case ApiKey _ -> keys++;
                case ManagementKey _ -> managementKeys++;
                default -> throw new IllegalStateException("deleted with a group: " + fact);
            }
        }
        json.put("revoked_keys", keys);
        json.put("revoked_management_keys", managementKeys);
        return Reply.of(json);
    }

    private static Reply reply(Answer.Done done) {
        var resource = Objects.requireNonNull(done.subject());
        return Reply.of(Views.of(resource), resource);
    }

    static GroupId id(Asking asking) {
        return Optional.of(asking.path().apply("group_id"))
                .flatMap(GroupId::parse)
                .orElseThrow(Reading::absent);
    }
}
