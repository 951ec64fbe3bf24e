package dev.turnpike.control.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.control.domain.GroupTree;
import dev.turnpike.control.domain.Listing;
import dev.turnpike.control.domain.Place;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.Resource;
import dev.turnpike.schemas.control.ResourceKind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Pages of lists: {@code {items, pagination: {has_more, cursor}}} in creation order. */
record Lists(Cursors cursors) {
    /** Objects of one page, but for those of its last item; a page may end before its limit. */
    private static final int WEIGHT_MAX = 50_000;

    /** The page of {@code listing} that the request asks for: what of it is in reach. */
    Reply page(Reading reading, Listing listing) {
        return page(reading, listing, all -> true, Views::of);
    }

    /**
     * The same of some, in another form.
     *
     * @param wanted what of the listing belongs to the list
     */
    Reply page(
            Reading reading,
            Listing listing,
            Predicate<Resource> wanted,
            Function<Resource, ObjectNode> view) {
        Source source = after -> reading.image().list(listing, after);
        return page(reading, source, listing.index(), wanted, view);
    }

    /** The page of the management keys in reach. */
    Reply managementKeys(Reading reading) {
        var scope = Listing.all(ResourceKind.MANAGEMENT_KEY).index();
        Source keys = after -> reading.authority().managementKeys(reading.image(), after);
        return page(reading, keys, scope, all -> true, Views::of);
    }

    /** The page of a group and everything below it. */
    Reply subtree(Reading reading, Group top) {
        var tree = Listing.treeOf(top.rootGroupId().value());
        var scope = "subtree/" + top.id().value();
        return page(
                reading,
                after -> reading.image().list(tree, after),
                scope,
                found -> GroupTree.within(reading.image(), (Group) found, top.id()),
                Views::of);
    }

    /** What a list is made of, in creation order. */
    private interface Source {
        Stream<Resource> after(@Nullable Place place);
    }

    private Reply page(
            Reading reading,
            Source source,
            String scope,
            Predicate<Resource> wanted,
            Function<Resource, ObjectNode> view) {
        var image = reading.image();
        var authority = reading.authority();
        int limit = reading.limit();
        var bound = reading.scope(scope);
        var after =
                reading.given("cursor").map(cursor -> cursors.place(bound, cursor)).orElse(null);
        var found =
                source.after(after)
                        .filter(wanted)
                        .filter(resource -> authority.sees(image, resource))
                        .iterator();
        var items = new ArrayList<ObjectNode>();
        Place last = null;
        for (int weight = 0; items.size() < limit && weight < WEIGHT_MAX && found.hasNext(); ) {
            var resource = found.next();
            weight += weight(resource);
            items.add(view.apply(resource));
            last = Place.of(resource);
        }
        var next = last != null && found.hasNext() ? cursors.of(bound, last) : null;
        return Reply.of(page(items, next));
    }

    /** Roughly how many objects a resource becomes. */
    private static int weight(Resource resource) {
        int weight = 1;
        if (resource instanceof Group group) {
            for (var model : group.models()) {
                weight += 1 + model.rateLimits().size() + model.usageLimits().size();
            }
            for (var model : group.effectiveModels()) {
                weight += 1 + model.rateLimits().size() + model.usageLimits().size();
            }
        }
        return weight;
    }

    static ObjectNode page(List<ObjectNode> items, @Nullable String cursor) {
        var json = Json.object();
        json.putArray("items").addAll(items);
        json.putObject("pagination").put("has_more", cursor != null).put("cursor", cursor);
        return json;
    }
}
