package dev.turnpike.edge.wire;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** What the gateway needs to know of any request to a model. */
public interface ModelRequest {
    /** The model asked for, as the client spelled it; never empty. */
    String model();

    /** Whether the answer is to be a stream. */
    boolean stream();

    /** Most output tokens of one choice; empty when the client set no bound. */
    OptionalInt maxTokens();

    /** How many choices are asked for. */
    int choices();

    /** The body's {@code metadata} for the usage event; empty when there is none. */
    Map<String, String> metadata();

    /** Members of the body that are too long for the usage event: {@code metadata.team}. */
    default List<String> unrecorded() {
        return List.of();
    }

    /** Whether tokens can be estimated where the provider reports none. */
    boolean countable();

    /** Parts of the prompt that cost something beside their text: messages, say. */
    int messageCount();

    /** Bytes of text the model is to read, as they stand in JSON. */
    long promptBytes();

    /** Token ids sent by the client instead of text. */
    int promptTokenIds();

    /** Bytes of the definitions of tools and formats, as they stand in JSON. */
    long toolBytes();

    /** Images and other attachments in the prompt. */
    int attachments();

    /** Hands out every piece of text the model is to read, in order, as it stands in JSON. */
    void meterText(OutputMeter meter);
}
