package dev.turnpike.launcher.manage.apply;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.launcher.manage.Call;
import dev.turnpike.launcher.manage.ManagementClient;
import dev.turnpike.launcher.manage.Pages;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the server has, read once for each section that is asked about. Whole are only the resources
 * that the file declares; of the others, which may be many, it is known which and where they are.
 */
final class Existing {
    /** Resources of a section that are read at most; no installation holds more of a kind. */
    static final int RESOURCES_MAX = 1_000_000;

    private final ManagementClient client;
    private final Sections sections;
    private final Manifest manifest;
    private final Map<String, Section> bySection = new HashMap<>();

    /**
     * A resource that the file does not declare.
     *
     * @param key what tells it from others of its section, if no other has the same
     * @param id as in its path
     * @param parent id of the group above it; empty for none
     */
    record Other(String key, String id, long version, String parent) {}

    /**
     * @param declared by key, in creation order
     * @param others in creation order
     * @param ids of all, by key
     */
    private record Section(
            Map<String, JsonNode> declared, List<Other> others, Map<String, List<String>> ids) {}

    Existing(ManagementClient client, Sections sections, Manifest manifest) {
        this.client = client;
        this.sections = sections;
        this.manifest = manifest;
    }

    /**
     * The resource that the file declares under {@code key}.
     *
     * @throws ManifestException if there are several
     */
    Optional<JsonNode> find(String section, String key) {
        return id(section, key)
                .flatMap(_ -> Optional.ofNullable(section(section).declared().get(key)));
    }

    /**
     * The id of the resource that is called {@code key}, whether it is declared or not.
     *
     * @throws ManifestException if there are several
     */
    Optional<String> id(String section, String key) {
        var ids = section(section).ids().getOrDefault(key, List.of());
        if (ids.size() > 1) {
            throw new ManifestException(
                    section
                            + " "
                            + key
                            + ": there are "
                            + ids.size()
                            + " with this "
                            + sections.key(section)
                            + " ("
                            + String.join(", ", ids)
                            + "); which is meant cannot be told, so rename or delete all but one");
        }
        return ids.stream().findFirst();
    }

    /** The declared resources that there are, in creation order. */
    Collection<JsonNode> declared(String section) {
        return section(section).declared().values();
    }

    /** The resources that the file does not declare, in creation order. */
    List<Other> others(String section) {
        return section(section).others();
    }

    private Section section(String section) {
        return bySection.computeIfAbsent(section, this::read);
    }

    private Section read(String name) {
        var section = new Section(new LinkedHashMap<>(), new ArrayList<>(), new HashMap<>());
        var call = Call.get("/v1/gateway/" + name, Map.of());
        var end = Pages.each(client, call, RESOURCES_MAX, item -> add(name, section, item));
        if (end.path("has_more").asBoolean()) {
            throw new ManifestException(
                    name + ": there are more than " + RESOURCES_MAX + ", too many to compare");
        }
        return section;
    }

    private void add(String name, Section to, JsonNode item) {
        var key = key(name, item);
        var id = item.path("id").asText(item.path("prefix").asText());
        // Nearly all have a key of their own, and the list of one is small.
        to.ids().merge(key, List.of(id), Existing::joined);
        if (manifest.declares(name, key)) {
            to.declared().put(key, item);
        } else {
            var parent = item.at("/hierarchy/parent_group_id").asText("");
            to.others().add(new Other(key, id, item.path("version").asLong(), parent));
        }
    }

    private static List<String> joined(List<String> before, List<String> more) {
        var both = new ArrayList<>(before);
        both.addAll(more);
        return List.copyOf(both);
    }

    private String key(String section, JsonNode item) {
        var holder = section.equals(Sections.GROUPS) ? item.path("metadata") : item;
        return holder.path(sections.key(section)).asText();
    }
}
