package dev.turnpike.edge.protocol;

import dev.turnpike.edge.upstream.Header;
import dev.turnpike.edge.upstream.UpstreamBody;
import dev.turnpike.edge.wire.Dispensable;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.StreamRelay;
import dev.turnpike.edge.wire.UpstreamError;
import dev.turnpike.edge.wire.UpstreamErrorReader;
import dev.turnpike.edge.wire.WholeAnswer;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** One request in the words of one target, and the way back from its words to the client's. */
public interface TargetForm {
    /** What is appended to the target's base URL, beginning with a slash; a query may follow. */
    String path();

    /**
     * Headers of this wire, the content type among them. Credentials and the operator's own headers
     * are added by the caller; nothing of the client's credentials may be here.
     */
    List<Header> headers();

    /** The body; it may share the client's. */
    UpstreamBody body();

    /** What it says although the target may not understand it; without it goes as well. */
    default Set<Dispensable> dispensable() {
        return Set.of();
    }

    /** Members of the client's body that this target has no word for and does not hear of. */
    default List<String> ignored() {
        return List.of();
    }

    /**
     * Reads a streamed answer.
     *
     * @param meter told of all generated text
     * @param estimate asked once, at the end, when the target reported no usage
     * @param nanoTime like {@link System#nanoTime}
     */
    StreamRelay stream(
            AnswerView view, OutputMeter meter, Supplier<RawUsage> estimate, LongSupplier nanoTime);

    /**
     * Reads an answer that came whole.
     *
     * @param meter told of the generated text where the answer reports no usage
     * @throws JsonFaultException if it is no answer of this kind
     */
    WholeAnswer whole(byte[] body, AnswerView view, OutputMeter meter) throws JsonFaultException;

    /**
     * Whether an answer that is neither JSON nor an event stream goes through as it comes: speech,
     * images, transcripts.
     */
    default boolean passesMedia() {
        return false;
    }

    /**
     * Whether an answer of that media type is one that the route has. A page of a provider's proxy
     * is none. Asked only where {@link #passesMedia()}.
     *
     * @param mediaType in lower case, without parameters; empty when nothing was said
     */
    default boolean passes(String mediaType) {
        return false;
    }

    /** Whether the route has answers that are event streams. */
    default boolean streams() {
        return true;
    }

    /** Reads what a target says with a status that is no success. */
    default UpstreamError error(int status, byte[] body, int length, AnswerView view) {
        return UpstreamErrorReader.read(
                        status, body, 0, length, view.targetModel(), view.publicModel())
                .shown(view.genericErrors());
    }
}
