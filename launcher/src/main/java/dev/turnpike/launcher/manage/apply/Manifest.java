package dev.turnpike.launcher.manage.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.runtime.http.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a file declares: for each section a list of resources. Fields are those of the API's
 * creations, but a group has its metadata at the top and its {@code children} inside.
 */
final class Manifest {
    private static final Set<String> METADATA = Set.of("external_entity_id", "name");
    private static final String CHILDREN = "children";
    private static final String ENFORCEMENT = "limit_enforcement";

    private final Sections sections;
    private final List<Declared> declared = new ArrayList<>();
    private final Set<String> present = new HashSet<>();
    private final Set<String> labels = new HashSet<>();

    private Manifest(Sections sections) {
        this.sections = sections;
    }

    /**
     * @throws ManifestException naming the section and the place of the first mistake
     */
    static Manifest read(ObjectNode file, Sections sections) {
        var manifest = new Manifest(sections);
        var known = sections.inOrder();
        for (var section : file.properties()) {
            if (!known.contains(section.getKey())) {
                throw new ManifestException(
                        section.getKey() + ": no such section; there are " + known);
            }
        }
        for (var section : known) {
            if (file.has(section)) {
                manifest.present.add(section);
                manifest.section(section, file.get(section));
            }
        }
        return manifest;
    }

    /** In the order of the sections, groups behind their parents. */
    List<Declared> declared() {
        return declared;
    }

    /** Whether the file declares the resource of this key. */
    boolean declares(String section, String key) {
        return labels.contains(section + " " + key);
    }

    /** Sections the file has, empty ones included. */
    Set<String> present() {
        return present;
    }

    private void section(String section, JsonNode list) {
        if (!(list instanceof ArrayNode items)) {
            throw new ManifestException(section + ": must be a list");
        }
        for (int i = 0; i < items.size(); i++) {
            var at = section + "[" + i + "]";
            var item = object(items.get(i), at);
            if (section.equals(Sections.GROUPS)) {
                group(item, at, null);
            } else {
                add(new Declared(section, key(item, section, at), item, null), at);
            }
        }
    }

    private void group(ObjectNode item, String at, @Nullable Declared parent) {
        var body = Json.object();
        var metadata = body.putObject("metadata");
        for (var field : item.properties()) {
            var name = field.getKey();
            if (METADATA.contains(name)) {
                metadata.set(name, field.getValue());
            } else if (name.equals(ENFORCEMENT)) {
                body.putObject("hierarchy").set(name, field.getValue());
            } else if (!name.equals(CHILDREN)) {
                body.set(name, field.getValue());
            }
        }
        var group = new Declared(Sections.GROUPS, key(item, Sections.GROUPS, at), body, parent);
        add(group, at);
        var children = item.path(CHILDREN);
        if (!children.isMissingNode() && !children.isArray()) {
            throw new ManifestException(at + ".children: must be a list");
        }
        for (int i = 0; i < children.size(); i++) {
            var inner = at + ".children[" + i + "]";
            group(object(children.get(i), inner), inner, group);
        }
    }

    private void add(Declared resource, String at) {
        if (!labels.add(resource.label())) {
            throw new ManifestException(at + ": " + resource.label() + " is declared twice");
        }
        declared.add(resource);
    }

    private String key(ObjectNode item, String section, String at) {
        var name = sections.key(section);
        var key = item.path(name);
        if (!key.isTextual() || key.textValue().isEmpty()) {
            throw new ManifestException(at + "." + name + ": is required and a text");
        }
        return key.textValue();
    }

    private static ObjectNode object(JsonNode node, String at) {
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new ManifestException(at + ": must be an object");
    }
}
