package dev.turnpike.control.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.control.domain.Command;
import dev.turnpike.control.domain.Command.CreateGroup;
import dev.turnpike.control.domain.Command.DeleteGroup;
import dev.turnpike.control.domain.Command.Rename;
import dev.turnpike.control.domain.Command.UpdateGroup;
import dev.turnpike.control.domain.Image;
import dev.turnpike.control.domain.Listing;
import dev.turnpike.control.domain.Rule;
import dev.turnpike.control.log.Answer;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.ModelAccess;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.id.GroupId;
import io.helidon.http.Method;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * {@code /users}: customers in their older form, flat and made or changed by one request. A user is
 * a root group seen through its {@code customer_id}; whatever is done here is done to the group.
 */
final class UserRoutes {
    private static final int TEXT_MAX = 255;
    private static final String USERS = "/users";
    private static final String USER = "/users/{user_id}";
    private static final String GROUP = "/groups/{group_id}";

    private final Lists lists;
    private final List<Route> keyRoutes;

    /**
     * @param keyRoutes of the keys of groups; those to mint, list, read and revoke serve users too
     */
    UserRoutes(Lists lists, List<Route> keyRoutes) {
        this.lists = lists;
        this.keyRoutes = List.copyOf(keyRoutes);
    }

    List<Route> routes() {
        var own =
                Stream.of(
                        Route.post(USERS, Operation.WRITE_USERS, UserRoutes::upsert),
                        Route.list(USERS, Operation.READ_USERS, this::list, "customer_id"),
                        Route.get(USER, Operation.READ_USERS, UserRoutes::read),
                        Route.delete(USER, Operation.WRITE_USERS, UserRoutes::delete));
        var keys = keyRoutes.stream().filter(UserRoutes::serves).map(UserRoutes::moved);
        return Stream.concat(own, keys).toList();
    }

    private Reply list(Reading reading) {
        return lists.page(
                reading,
                reading.given("customer_id")
                        .map(Listing::groupOfExternalId)
                        .orElseGet(() -> users(reading)),
                found -> ((Group) found).parentGroupId() == null,
                UserRoutes::view);
    }

    /** The shortest listing that holds every user in reach. */
    private static Listing users(Reading reading) {
        var authority = reading.authority();
        return authority.unbounded() ? Listing.roots() : authority.reach(reading.image());
    }

    private static Reply read(Reading reading) {
        var user = user(reading);
        return Reply.of(view(user), user);
    }

    private static Change upsert(Asking asking) {
        var body = asking.body();
        var id = GroupId.ofUlid(asking.draws().ulid());
        var customer = body.text("customer_id", 1, TEXT_MAX);
        var name =
                body.has("name")
                        ? Optional.of(
                                new Rename(body.optionalText("name", 0, TEXT_MAX).orElse(null)))
                        : Optional.<Rename>empty();
        var models = LimitFields.read(body).orElseThrow(() -> body.missing("models"));
        return new Change(
                image -> upsert(image, id, customer, name, models),
                done -> {
                    var group = (Group) Objects.requireNonNull(done.subject());
                    return Reply.of(view(group), group);
                });
    }

    private static Command upsert(
            Image image,
            GroupId id,
            String customer,
            Optional<Rename> name,
            List<ModelAccess> models) {
        var found = image.groupOfExternalId(customer);
        if (found.isEmpty()) {
            var text = name.map(Rename::to).orElse(null);
            return new CreateGroup(id, customer, text, models, null, null);
        }
        var group = root(found).orElseThrow(UserRoutes::taken);
        return new UpdateGroup(group.id(), name, Optional.of(models));
    }

    private static Change delete(Asking asking) {
        var id = id(asking.path());
        return new Change(image -> new DeleteGroup(checked(image, id)), done -> tombstone(done));
    }

    private static Reply tombstone(Answer.Done done) {
        var group = (Group) Objects.requireNonNull(done.subject());
        var json = GroupRoutes.tombstone(done).body();
        json.remove("metadata");
        return Reply.of(json.put("customer_id", group.externalEntityId()));
    }

    private static ObjectNode view(Resource resource) {
        var group = (Group) resource;
        var json = GroupView.of(group);
        json.put("customer_id", group.externalEntityId());
        json.put("name", group.name());
        return json.without(List.of("metadata", "effective_models", "hierarchy"));
    }

    private static Group user(Reading reading) {
        return root(reading.authority().group(reading.image(), reading.path().apply("user_id")))
                .orElseThrow(Reading::absent);
    }

    private static GroupId checked(Image image, GroupId id) {
        return root(image.group(id.value())).map(Group::id).orElseThrow(Reading::absent);
    }

    private static GroupId id(UnaryOperator<String> path) {
        return GroupId.parse(path.apply("user_id")).orElseThrow(Reading::absent);
    }

    private static Optional<Group> root(Optional<Group> group) {
        return group.filter(found -> found.parentGroupId() == null);
    }

    private static RuntimeException taken() {
        return Rule.EXTERNAL_ID_TAKEN.problem().withParam("customer_id").asException();
    }

    private static boolean serves(Route route) {
        var keys = GROUP + "/api_keys";
        return !route.method().equals(Method.PATCH)
                && (route.pattern().equals(keys)
                        || route.pattern().matches("\\Q" + keys + "\\E/\\{[^/]*}"));
    }

    /** The same route below a user. */
    private static Route moved(Route route) {
        var handling =
                switch (route.handling()) {
                    case Route.Read(var handler) ->
                            new Route.Read(reading -> {
                                user(reading);
                                return handler.apply(reading.withPath(named(reading.path())));
                            });
                    case Route.Write(var handler, var body) ->
                            new Route.Write(
                                    asking ->
                                            moved(
                                                    id(asking.path()),
                                                    handler.apply(
                                                            asking.withPath(named(asking.path())))),
                                    body);
                    case Route.WriteAll all -> all;
                };
        return new Route(
                route.method(),
                route.pattern().replace(GROUP, USER),
                route.operation(),
                handling,
                route.query());
    }

    private static Change moved(GroupId user, Change change) {
        return new Change(
                image -> {
                    checked(image, user);
                    return change.command().apply(image);
                },
                change.reply(),
                change.holds());
    }

    private static UnaryOperator<String> named(UnaryOperator<String> path) {
        return name -> path.apply(name.equals("group_id") ? "user_id" : name);
    }
}
