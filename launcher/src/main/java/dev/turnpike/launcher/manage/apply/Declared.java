package dev.turnpike.launcher.manage.apply;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * One resource as a file declares it.
 *
 * @param section its collection in the management API, such as {@code endpoints}
 * @param key what tells it from others of its section and never changes: a slug, a URL
 * @param body as its creation takes it, but for references by name
 * @param parent of a group, when that is a group of the file too
 */
record Declared(String section, String key, ObjectNode body, @Nullable Declared parent) {
    /** How it is called in messages. */
    String label() {
        return section + " " + key;
    }
}
