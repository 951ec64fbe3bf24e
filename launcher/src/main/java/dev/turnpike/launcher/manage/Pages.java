package dev.turnpike.launcher.manage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.runtime.http.Json;
import java.util.function.Consumer;

/** Lists that come in pages. */
public final class Pages {
    /** Items fetched at most as one list; whoever wants more goes on from the cursor. */
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
        all.set("pagination", each(client, first, ITEMS_MAX, items::add));
        return all;
    }

    /**
     * Shows every item of a list to {@code reader}, one page in memory at a time.
     *
     * @param itemsMax no page is fetched once there are so many
     * @return {@code pagination} of the last page fetched, which tells whether there is more
     */
    public static JsonNode each(
            ManagementClient client, Call first, int itemsMax, Consumer<JsonNode> reader) {
        var call = first.query().containsKey("limit") ? first : first.with("limit", "" + PAGE);
        int read = 0;
        while (true) {
            var page = client.send(call);
            page.path("items").forEach(reader);
            read += page.path("items").size();
            var pagination = page.path("pagination");
            if (!pagination.path("has_more").asBoolean() || read >= itemsMax) {
                return pagination;
            }
            call = call.with("cursor", pagination.path("cursor").asText());
        }
    }
}
