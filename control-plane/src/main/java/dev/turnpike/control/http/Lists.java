package dev.turnpike.control.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.control.domain.GroupTree;
import dev.turnpike.control.domain.Listing;
import dev.turnpike.control.domain.Place;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.Resource;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Pages of lists: {@code {items, pagination: {has_more, cursor}}} in creation order. */
record Lists(Cursors cursors) {
    /** The page of {@code listing} that the request asks for: what of it is in reach. */
    Reply page(Reading reading, Listing listing) {
        return page(reading, listing, listing.index(), Views::of);
    }

    /** The same in another form. */
    Reply page(Reading reading, Listing listing, Function<Resource, ObjectNode> view) {
        return page(reading, listing, listing.index(), view);
    }

    /** The page of a group and everything below it. */
    Reply subtree(Reading reading, Group top) {
        var tree = Listing.treeOf(top.rootGroupId().value());
        var scope = "subtree/" + top.id().value();
        return page(
                reading,
                tree,
                scope,
                found -> GroupTree.within(reading.image(), (Group) found, top.id()),
                Views::of);
    }

    private Reply page(
            Reading reading, Listing listing, String scope, Function<Resource, ObjectNode> view) {
        var authority = reading.authority();
        return page(reading, listing, scope, found -> authority.sees(reading.image(), found), view);
    }

    private Reply page(
            Reading reading,
            Listing listing,
            String scope,
            Predicate<Resource> wanted,
            Function<Resource, ObjectNode> view) {
        int limit = reading.limit();
        var bound = reading.scope(scope);
        var after =
                reading.given("cursor").map(cursor -> cursors.place(bound, cursor)).orElse(null);
        var found = reading.image().list(listing, after).filter(wanted).limit(limit + 1L).toList();
        var items = found.subList(0, Math.min(limit, found.size()));
        boolean more = found.size() > limit;
        return Reply.of(
                page(
                        items.stream().map(view).toList(),
                        more ? cursors.of(bound, Place.of(items.getLast())) : null));
    }

    static ObjectNode page(List<ObjectNode> items, @Nullable String cursor) {
        var json = Json.object();
        json.putArray("items").addAll(items);
        json.putObject("pagination").put("has_more", cursor != null).put("cursor", cursor);
        return json;
    }
}
