package dev.turnpike.launcher.manage.apply;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.launcher.manage.Call;
import dev.turnpike.launcher.manage.ManagementClient;
import dev.turnpike.launcher.manage.Pages;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** What the server has, read once for each section that is asked about. */
final class Existing {
    private final ManagementClient client;
    private final Sections sections;
    private final Map<String, SequencedMap<String, JsonNode>> bySection = new HashMap<>();

    Existing(ManagementClient client, Sections sections) {
        this.client = client;
        this.sections = sections;
    }

    Optional<JsonNode> find(String section, String key) {
        return Optional.ofNullable(all(section).get(key));
    }

    /**
     * Every resource of a section, by key, in creation order.
     *
     * @throws ManifestException if there are more than can be compared
     */
    SequencedMap<String, JsonNode> all(String section) {
        return bySection.computeIfAbsent(section, this::read);
    }

    private SequencedMap<String, JsonNode> read(String section) {
        var page = Pages.all(client, Call.get("/v1/gateway/" + section, Map.of()));
        if (page.at("/pagination/has_more").asBoolean()) {
            throw new ManifestException(
                    section + ": there are more than " + Pages.ITEMS_MAX + ", too many to compare");
        }
        var byKey = new LinkedHashMap<String, JsonNode>();
        for (var item : page.path("items")) {
            byKey.put(key(section, item), item);
        }
        return byKey;
    }

    private String key(String section, JsonNode item) {
        var holder = section.equals(Sections.GROUPS) ? item.path("metadata") : item;
        return holder.path(sections.key(section)).asText();
    }
}
