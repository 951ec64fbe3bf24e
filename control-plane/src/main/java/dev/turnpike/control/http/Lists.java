package dev.turnpike.control.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.control.domain.Listing;
import dev.turnpike.control.domain.Place;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.schemas.control.Resource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pages of lists: {@code {items, pagination: {has_more, cursor}}} in creation order. */
record Lists(Cursors cursors) {
    /** The page of {@code listing} that the request asks for. */
    Reply page(Reading reading, Listing listing) {
        int limit = reading.limit();
        var after =
                reading.given("cursor")
                        .map(cursor -> cursors.place(listing.index(), cursor))
                        .orElse(null);
        var found = reading.image().list(listing, after).limit(limit + 1L).toList();
        var items = found.subList(0, Math.min(limit, found.size()));
        boolean more = found.size() > limit;
        return Reply.of(
                page(
                        items.stream().map(Views::of).toList(),
                        more ? cursors.of(listing.index(), place(items)) : null));
    }

    static ObjectNode page(List<ObjectNode> items, @Nullable String cursor) {
        var json = Json.object();
        json.putArray("items").addAll(items);
        json.putObject("pagination").put("has_more", cursor != null).put("cursor", cursor);
        return json;
    }

    private static Place place(List<Resource> items) {
        return Place.of(items.getLast());
    }
}
