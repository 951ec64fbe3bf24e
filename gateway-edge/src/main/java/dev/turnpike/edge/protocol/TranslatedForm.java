package dev.turnpike.edge.protocol;

import dev.turnpike.edge.estimate.StreamingEstimator;
import dev.turnpike.edge.upstream.Header;
import dev.turnpike.edge.upstream.UpstreamBody;
import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.ByteSlice;
import dev.turnpike.edge.wire.ChatRequest;
import dev.turnpike.edge.wire.Dispensable;
import dev.turnpike.edge.wire.JsonFaultException;
import dev.turnpike.edge.wire.OutputMeter;
import dev.turnpike.edge.wire.RawUsage;
import dev.turnpike.edge.wire.StreamRelay;
import dev.turnpike.edge.wire.UpstreamError;
import dev.turnpike.edge.wire.WholeAnswer;
import dev.turnpike.edge.wire.anthropic.ChatToMessages;
import dev.turnpike.edge.wire.anthropic.ChunksToMessageStream;
import dev.turnpike.edge.wire.anthropic.CompletionToMessage;
import dev.turnpike.edge.wire.anthropic.CompletionsToChat;
import dev.turnpike.edge.wire.anthropic.MessageStreamToChunks;
import dev.turnpike.edge.wire.anthropic.MessageStreamToResponse;
import dev.turnpike.edge.wire.anthropic.MessageStreamToText;
import dev.turnpike.edge.wire.anthropic.MessageToCompletion;
import dev.turnpike.edge.wire.anthropic.MessageToResponse;
import dev.turnpike.edge.wire.anthropic.MessageToText;
import dev.turnpike.edge.wire.anthropic.MessageView;
import dev.turnpike.edge.wire.anthropic.MessagesToChat;
import dev.turnpike.edge.wire.anthropic.ResponseRequest;
import dev.turnpike.edge.wire.anthropic.ResponsesToChat;
import dev.turnpike.edge.wire.anthropic.Translation;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A request put into the words of another API than the client's, and the way back.
 *
 * @param wantsUsage whether a stream of chunks ends with its usage
 * @param streamed reads streamed answers
 * @param whole reads whole ones
 */
record TranslatedForm(
        String path,
        List<Header> headers,
        Translation translation,
        boolean wantsUsage,
        Streams streamed,
        Answers whole)
        implements TargetForm {
    private static final int PROMPT_BYTES_PER_TOKEN = 4;

    /** Tells an event stream of the target as one of the client's API. */
    @FunctionalInterface
    interface Streams {
        StreamRelay read(
                MessageView view,
                OutputMeter meter,
                Supplier<RawUsage> estimate,
                LongSupplier nanoTime);
    }

    /** Tells a whole answer of the target as one of the client's API. */
    @FunctionalInterface
    interface Answers {
        /**
         * @throws JsonFaultException if it is no answer of the target's API
         */
        WholeAnswer read(byte[] body, MessageView view, OutputMeter meter)
                throws JsonFaultException;
    }

    /**
     * A chat completion asked of a target that speaks Anthropic's API.
     *
     * @throws BodyFaultException if it asks for what that API does not have
     */
    static TranslatedForm chatOnMessages(Target target, ChatRequest request, String model)
            throws BodyFaultException {
        var messages = messages(request.document(), model);
        return new TranslatedForm(
                MessagesProtocol.PATH,
                anthropic(target, request),
                messages,
                request.wantsUsage(),
                MessageStreamToChunks::new,
                MessageToCompletion::read);
    }

    /** The same of a completion of text. */
    static TranslatedForm textOnMessages(Target target, ChatRequest request, String model)
            throws BodyFaultException {
        var body = request.document();
        var chat = CompletionsToChat.translate(body.array(), body.offset(), end(body));
        return new TranslatedForm(
                MessagesProtocol.PATH,
                anthropic(target, request),
                both(chat, messages(chat.body(), model)),
                request.wantsUsage(),
                MessageStreamToText::new,
                MessageToText::read);
    }

    /** The same of a response, of which nothing is stored. */
    static TranslatedForm responseOnMessages(Target target, ChatRequest request, String model)
            throws BodyFaultException {
        var body = request.document();
        var chat = ResponsesToChat.translate(body.array(), body.offset(), end(body));
        var asked = ResponseRequest.of(body.array(), body.offset(), end(body));
        return new TranslatedForm(
                MessagesProtocol.PATH,
                anthropic(target, request),
                both(chat, messages(chat.body(), model)),
                true,
                (view, meter, estimate, nanoTime) ->
                        new MessageStreamToResponse(view, asked, meter, estimate, nanoTime),
                (answer, view, meter) -> MessageToResponse.read(answer, view, asked, meter));
    }

    /**
     * Messages asked of a target that speaks OpenAI's API.
     *
     * @throws BodyFaultException if they ask for what that API does not have
     */
    static TranslatedForm messagesOnChat(Provider provider, ChatRequest request, TargetTerms terms)
            throws BodyFaultException {
        var body = request.document();
        var wanted =
                new MessagesToChat.Terms(
                        terms.model(), provider == Provider.OPENAI, without(provider, terms));
        var accept = request.stream() ? "text/event-stream" : "application/json";
        return new TranslatedForm(
                OpenAiRoute.CHAT.path(),
                List.of(
                        new Header("content-type", "application/json"),
                        new Header("accept", accept)),
                MessagesToChat.translate(body.array(), body.offset(), end(body), wanted),
                true,
                ChunksToMessageStream::new,
                (answer, view, meter) -> message(request, answer, view, meter));
    }

    /** Google's endpoint documents the efforts, but no sampling from the first few. */
    private static Set<Dispensable> without(Provider provider, TargetTerms terms) {
        if (provider != Provider.VERTEX) {
            return terms.without();
        }
        var without = EnumSet.of(Dispensable.TOP_K);
        without.addAll(terms.without());
        return without;
    }

    /** An answer without usage shows what we count, as every message must show some. */
    private static WholeAnswer message(
            ChatRequest request, byte[] answer, MessageView view, OutputMeter meter)
            throws JsonFaultException {
        var output = new StreamingEstimator();
        OutputMeter both =
                (json, from, to) -> {
                    meter.onText(json, from, to);
                    output.onText(json, from, to);
                };
        long prompt = Math.ceilDiv(request.promptBytes(), PROMPT_BYTES_PER_TOKEN);
        return CompletionToMessage.read(
                answer, view, both, () -> new RawUsage(prompt, 0, 0, output.tokens(), 0, false));
    }

    private static List<Header> anthropic(Target target, ChatRequest request) {
        return AnthropicTarget.headers(target, _ -> Optional.empty(), request.stream());
    }

    private static Translation messages(ByteSlice chat, String model) throws BodyFaultException {
        return ChatToMessages.translate(chat.array(), chat.offset(), end(chat), model);
    }

    private static Translation both(Translation first, Translation second) {
        var later = second.ignored().stream().map(TranslatedForm::beforeChat);
        var ignored = Stream.concat(first.ignored().stream(), later).toList();
        return new Translation(second.body(), ignored, second.dispensable());
    }

    /** The client's own name of what became a member of a chat. */
    private static String beforeChat(String name) {
        return name.equals("reasoning_effort") ? "reasoning" : name;
    }

    private static int end(ByteSlice slice) {
        return slice.offset() + slice.length();
    }

    @Override
    public UpstreamBody body() {
        return UpstreamBody.of(List.of(translation.body()));
    }

    @Override
    public Set<Dispensable> dispensable() {
        return translation.dispensable();
    }

    @Override
    public List<String> ignored() {
        return translation.ignored();
    }

    @Override
    public StreamRelay stream(
            AnswerView view,
            OutputMeter meter,
            Supplier<RawUsage> estimate,
            LongSupplier nanoTime) {
        return streamed.read(view.ofMessage(wantsUsage), meter, estimate, nanoTime);
    }

    @Override
    public WholeAnswer whole(byte[] body, AnswerView view, OutputMeter meter)
            throws JsonFaultException {
        return whole.read(body, view.ofMessage(wantsUsage), meter);
    }

    /** The target's names of members are not the client's. */
    @Override
    public UpstreamError error(int status, byte[] body, int length, AnswerView view) {
        return TargetForm.super.error(status, body, length, view).unplaced();
    }
}
