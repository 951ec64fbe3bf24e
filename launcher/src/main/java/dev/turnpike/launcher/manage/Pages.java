package dev.turnpike.launcher.manage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.runtime.http.Json;

/** Lists that come in pages. */
public final class Pages {
    /** Items fetched at most; whoever wants more goes on from the cursor. */
    public static final int ITEMS_MAX = 100_000;

    private static final int PAGE = 1_000;

    private Pages() {}

    /**
     * All pages of a list as one, up to {@link #ITEMS_MAX} items; {@code pagination} tells whether
     * there is more.
     */
    public static ObjectNode all(ManagementClient client, Call first) {
        var all = Json.object();
        var items = all.putArray("items");
        var call = first.query().containsKey("limit") ? first : first.with("limit", "" + PAGE);
        while (true) {
            JsonNode page = client.send(call);
            page.path("items").forEach(items::add);
            var pagination = page.path("pagination");
            all.set("pagination", pagination);
            if (!pagination.path("has_more").asBoolean() || items.size() >= ITEMS_MAX) {
                return all;
            }
            call = call.with("cursor", pagination.path("cursor").asText());
        }
    }
}
