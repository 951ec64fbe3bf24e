package dev.turnpike.edge.wire.anthropic;

import dev.turnpike.edge.wire.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A value of a message that clients are not to see, and what they see instead.
 *
 * @param instead JSON
 */
record Shown(JsonView value, byte[] instead) {
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    /**
     * What is changed of a message: its model gets the public name, and what some providers add in
     * their own name is emptied. In the order of the text.
     *
     * @param members of the message
     */
    static List<Shown> of(Map<String, JsonView> members, String publicModel) {
        var changes = new ArrayList<Shown>(1);
        for (var member : members.entrySet()) {
            var name = member.getKey();
            if (name.equals("model")) {
                changes.add(new Shown(member.getValue(), JsonText.quote(publicModel)));
            } else if (name.equals("provider")) {
                changes.add(new Shown(member.getValue(), NULL));
            }
        }
        return changes;
    }
}
