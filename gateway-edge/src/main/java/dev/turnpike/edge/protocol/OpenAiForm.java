package dev.turnpike.edge.protocol;

import dev.turnpike.edge.upstream.Header;
import dev.turnpike.edge.upstream.UpstreamBody;
import dev.turnpike.edge.wire.AnswerHead;
import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.BodyFaultException.Reason;
import dev.turnpike.edge.wire.BodyPatch;
import dev.turnpike.edge.wire.ChatJsonReply;
import dev.turnpike.edge.wire.ChatRequest;
import dev.turnpike.edge.wire.ChatStreamRelay;
import dev.turnpike.edge.wire.ChatStreamRelay.StreamView;
import dev.turnpike.edge.wire.Dispensable;
import dev.turnpike.edge.wire.EventRelay;
import dev.turnpike.edge.wire.EventRelay.EventView;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.ReplyView;
import dev.turnpike.edge.wire.StreamRelay;
import dev.turnpike.edge.wire.WholeAnswer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A request of one of OpenAI's routes to a target that has the same route.
 *
 * @param previous the target's identity of the response to be continued
 */
record OpenAiForm(
        OpenAiRoute route, ChatRequest request, TargetTerms terms, @Nullable String previous)
        implements TargetForm {
    /** Identities of one answer that are remembered; an honest target has two. */
    private static final int IDS_MAX = 16;

    private static final Set<Dispensable> STREAM_OPTIONS = Set.of(Dispensable.STREAM_OPTIONS);
    private static final Set<Dispensable> CLIENT_STREAM_OPTIONS =
            Set.of(Dispensable.CLIENT_STREAM_OPTIONS);
    private static final Header JSON = new Header("content-type", "application/json");
    private static final List<Header> WHOLE =
            List.of(JSON, new Header("accept", "application/json"));
    private static final List<Header> STREAM =
            List.of(JSON, new Header("accept", "text/event-stream"));
    private static final List<Header> MEDIA = List.of(JSON, new Header("accept", "*/*"));

    /**
     * @throws BodyFaultException if the request continues what this target does not have
     */
    static OpenAiForm of(OpenAiRoute route, ChatRequest request, TargetTerms terms)
            throws BodyFaultException {
        var shown = request.previousResponse();
        if (shown.isEmpty() || !route.continues()) {
            return new OpenAiForm(route, request, terms, null);
        }
        var known = terms.ids().known(shown.get());
        if (known.isEmpty()) {
            throw new BodyFaultException(
                    Reason.PREVIOUS_RESPONSE_NOT_FOUND,
                    "previous_response_id",
                    "there is no response with this 'previous_response_id'");
        }
        return new OpenAiForm(route, request, terms, known.get());
    }

    @Override
    public String path() {
        return route.path();
    }

    @Override
    public List<Header> headers() {
        if (route.media()) {
            return MEDIA;
        }
        return request.stream() ? STREAM : WHOLE;
    }

    @Override
    public UpstreamBody body() {
        return UpstreamBody.of(
                new BodyPatch(
                                terms.model(),
                                !terms.without().contains(Dispensable.STREAM_OPTIONS),
                                !terms.without().contains(Dispensable.CLIENT_STREAM_OPTIONS),
                                terms.forwardMetadata(),
                                previous)
                        .apply(request));
    }

    @Override
    public Set<Dispensable> dispensable() {
        var without = terms.without();
        if (!request.takesUsageOption() || without.contains(Dispensable.STREAM_OPTIONS)) {
            return Set.of();
        }
        boolean others = request.hasOtherOptions();
        return others && !without.contains(Dispensable.CLIENT_STREAM_OPTIONS)
                ? CLIENT_STREAM_OPTIONS
                : STREAM_OPTIONS;
    }

    @Override
    public List<String> ignored() {
        var without = terms.without();
        boolean silent =
                without.contains(Dispensable.STREAM_OPTIONS)
                        || without.contains(Dispensable.CLIENT_STREAM_OPTIONS);
        return silent && request.takesUsageOption() && request.hasOtherOptions()
                ? List.of("stream_options")
                : List.of();
    }

    @Override
    public StreamRelay stream(
            AnswerView view,
            OutputMeter meter,
            Supplier<RawUsage> estimate,
            LongSupplier nanoTime) {
        return switch (route) {
            case CHAT, COMPLETIONS, FILL_IN -> completion(view, meter, estimate, nanoTime);
            case RESPONSES,
                    COMPACT,
                    INPUT_TOKENS,
                    EMBEDDINGS,
                    MODERATIONS,
                    RERANK,
                    SPEECH,
                    IMAGES,
                    IMAGE_EDITS ->
                    events(view, meter, estimate, nanoTime);
        };
    }

    private StreamRelay completion(
            AnswerView view,
            OutputMeter meter,
            Supplier<RawUsage> estimate,
            LongSupplier nanoTime) {
        var kind =
                route == OpenAiRoute.COMPLETIONS
                        ? AnswerHead.Kind.TEXT
                        : AnswerHead.Kind.CHAT_CHUNK;
        var shown =
                new StreamView(
                        view.publicModel(),
                        view.targetModel(),
                        request.wantsUsage(),
                        view.head(kind),
                        view.genericErrors());
        return new ChatStreamRelay(shown, meter, estimate, nanoTime);
    }

    private StreamRelay events(
            AnswerView view,
            OutputMeter meter,
            Supplier<RawUsage> estimate,
            LongSupplier nanoTime) {
        var shown =
                new EventView(
                        view.publicModel(),
                        view.targetModel(),
                        view.head(whole()),
                        ids(),
                        view.genericErrors());
        return new EventRelay(shown, meter, estimate, nanoTime);
    }

    @Override
    public WholeAnswer whole(byte[] body, AnswerView view, OutputMeter meter)
            throws JsonFaultException {
        var shown =
                new ReplyView(
                        view.publicModel(),
                        view.targetModel(),
                        view.head(whole()),
                        route == OpenAiRoute.EMBEDDINGS && request.base64Vectors(),
                        route.continues() ? ids() : null,
                        view.genericErrors());
        return ChatJsonReply.read(body, 0, body.length, shown, meter);
    }

    /** What clients need to find in whole answers, and in the responses inside of events. */
    private AnswerHead.Kind whole() {
        return switch (route) {
            case CHAT, FILL_IN -> AnswerHead.Kind.CHAT;
            case COMPLETIONS -> AnswerHead.Kind.TEXT;
            case EMBEDDINGS -> AnswerHead.Kind.VECTORS;
            case RESPONSES -> AnswerHead.Kind.RESPONSE;
            case COMPACT, INPUT_TOKENS, MODERATIONS, RERANK, SPEECH, IMAGES, IMAGE_EDITS ->
                    AnswerHead.Kind.OTHER;
        };
    }

    @Override
    public boolean passesMedia() {
        return route.media();
    }

    @Override
    public boolean passes(String mediaType) {
        return route.media()
                && (mediaType.isEmpty()
                        || mediaType.startsWith("audio/")
                        || mediaType.startsWith("image/")
                        || mediaType.equals("application/octet-stream"));
    }

    @Override
    public boolean streams() {
        return route.streams();
    }

    /** The client's own spelling of what it named, and one spelling for everything else. */
    private UnaryOperator<String> ids() {
        Map<String, String> shown = new HashMap<>(4);
        request.previousResponse().ifPresent(own -> shown.put(String.valueOf(previous), own));
        return id -> {
            var before = shown.get(id);
            if (before != null) {
                return before;
            }
            var now = terms.ids().shown(id);
            if (shown.size() < IDS_MAX) {
                shown.put(id, now);
            }
            return now;
        };
    }
}
