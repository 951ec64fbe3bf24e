package dev.turnpike.launcher.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.runtime.http.Json;
import java.util.ArrayList;
import java.util.List;

/** What the story showed, as JSON, and what it failed to show. Used by one thread. */
public final class Facts {
    /** Shows that something holds. */
    @FunctionalInterface
    interface Fact {
        /**
         * @throws StoryException if it does not hold
         * @throws InterruptedException if the waiting thread is interrupted
         */
        JsonNode show() throws InterruptedException;
    }

    private final ObjectNode json = Json.object();
    private final List<String> failed = new ArrayList<>();
    private final Narrator narrator;

    Facts(Narrator narrator) {
        this.narrator = narrator;
    }

    void put(String name, JsonNode value) {
        json.set(name, value);
    }

    /**
     * Remembers what {@code fact} returns, or why it does not hold; later facts are tried also
     * then.
     *
     * @throws InterruptedException if the waiting thread is interrupted
     */
    void check(String name, Fact fact) throws InterruptedException {
        try {
            json.set(name, fact.show());
        } catch (StoryException e) {
            fail(name, String.valueOf(e.getMessage()));
        }
    }

    void fail(String name, String why) {
        failed.add(name + ": " + why);
        narrator.say("FAILED: %s", why);
    }

    /** Whether everything held. */
    public boolean held() {
        return failed.isEmpty();
    }

    /** One line of JSON; with {@code failed} when not everything held. */
    public String toJson() {
        var whole = json.deepCopy();
        if (!failed.isEmpty()) {
            var list = whole.putArray("failed");
            failed.forEach(list::add);
        }
        return whole.toString();
    }
}
