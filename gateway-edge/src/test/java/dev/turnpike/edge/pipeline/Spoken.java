package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.protocol.Asked;
import dev.turnpike.edge.protocol.Incoming;
import dev.turnpike.edge.protocol.IncomingBody;
import dev.turnpike.edge.protocol.MessagesProtocol;
import dev.turnpike.edge.protocol.MultipartProtocol;
import dev.turnpike.edge.protocol.OpenAiProtocol;
import dev.turnpike.edge.protocol.OpenAiRoute;
import dev.turnpike.edge.protocol.Protocol;
import dev.turnpike.edge.protocol.RequestHeaders;
import dev.turnpike.edge.protocol.TargetForm;
import dev.turnpike.edge.upload.SpoolSpace;
import dev.turnpike.edge.upload.Upload;
import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A short stream of each protocol, spoken as it is and translated: {@value #DELTAS} deltas of what
 * the provider counts as {@value #PROMPT} and {@value #OUTPUT} tokens.
 */
enum Spoken {
    CHAT(new OpenAiProtocol(OpenAiRoute.CHAT), Provider.OPENAI),
    COMPLETIONS(new OpenAiProtocol(OpenAiRoute.COMPLETIONS), Provider.OPENAI),
    RESPONSES(new OpenAiProtocol(OpenAiRoute.RESPONSES), Provider.OPENAI),
    MESSAGES(MessagesProtocol.messages(), Provider.ANTHROPIC),
    CHAT_ON_MESSAGES(new OpenAiProtocol(OpenAiRoute.CHAT), Provider.ANTHROPIC),
    COMPLETIONS_ON_MESSAGES(new OpenAiProtocol(OpenAiRoute.COMPLETIONS), Provider.ANTHROPIC),
    RESPONSES_ON_MESSAGES(new OpenAiProtocol(OpenAiRoute.RESPONSES), Provider.ANTHROPIC),
    MESSAGES_ON_CHAT(MessagesProtocol.messages(), Provider.OPENAI),
    SPEECH(new OpenAiProtocol(OpenAiRoute.SPEECH), Provider.OPENAI),
    TRANSCRIPT(new MultipartProtocol(MultipartProtocol.Route.TRANSCRIPTIONS), Provider.OPENAI),
    IMAGES(new OpenAiProtocol(OpenAiRoute.IMAGES), Provider.OPENAI);

    static final int DELTAS = 3;
    static final long PROMPT = 9;
    static final long OUTPUT = 33;

    private static final String CHAT_BODY =
            "\"messages\":[{\"role\":\"user\",\"content\":\"say\"}]";
    private static final String USAGE =
            "{\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":33}}";

    private static final String MEDIA_USAGE =
            "\"usage\":{\"input_tokens\":9,\"output_tokens\":33,\"total_tokens\":42}";

    final Provider provider;
    private final Protocol protocol;

    Spoken(Protocol protocol, Provider provider) {
        this.protocol = protocol;
        this.provider = provider;
    }

    /**
     * The request as it was read.
     *
     * @param disk not used: no body here is long
     */
    Asked asked(SpoolSpace disk) {
        RequestHeaders headers =
                name ->
                        name.equals("content-type") && protocol.takesFiles()
                                ? Optional.of("multipart/form-data; boundary=b")
                                : Optional.empty();
        try {
            return protocol.read(new Incoming(content(disk), headers, "", null));
        } catch (BodyFaultException e) {
            throw new AssertionError(e);
        }
    }

    private IncomingBody content(SpoolSpace disk) {
        if (protocol.takesFiles()) {
            var fields = part("model") + "acme/chat\r\n" + part("stream") + "true\r\n--b--\r\n";
            var bytes = fields.getBytes(StandardCharsets.UTF_8);
            var in = new ByteArrayInputStream(bytes);
            return new IncomingBody.Files(new Upload(in::read, bytes.length, disk));
        }
        var body = "{\"model\":\"acme/chat\",\"stream\":true," + prompt() + "}";
        return new IncomingBody.Whole(body.getBytes(StandardCharsets.UTF_8));
    }

    private static String part(String name) {
        return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n";
    }

    /** The request, as a target of {@link #provider} is asked it. */
    TargetForm form(Asked asked) {
        try {
            return asked.form(target(), MoneyRig.terms());
        } catch (BodyFaultException e) {
            throw new AssertionError(e);
        }
    }

    /** Whether tokens are counted here where the provider does not. */
    boolean countable() {
        return !endsWithItsBody();
    }

    /** Whether such a stream needs no last word: it is whole when its body is. */
    boolean endsWithItsBody() {
        return this == SPEECH || this == TRANSCRIPT || this == IMAGES;
    }

    private Target target() {
        return new Target(
                provider, null, "gpt", null, null, null, 0, 1, Timeouts.DEFAULT, Map.of());
    }

    private String prompt() {
        return switch (this) {
            case CHAT, CHAT_ON_MESSAGES -> CHAT_BODY;
            case MESSAGES, MESSAGES_ON_CHAT -> "\"max_tokens\":99," + CHAT_BODY;
            case COMPLETIONS, COMPLETIONS_ON_MESSAGES -> "\"prompt\":\"say it\"";
            case RESPONSES, RESPONSES_ON_MESSAGES -> "\"input\":\"say it\"";
            case SPEECH -> "\"input\":\"say it\",\"voice\":\"v\",\"stream_format\":\"sse\"";
            case IMAGES -> "\"prompt\":\"draw it\",\"partial_images\":3";
            case TRANSCRIPT -> throw new IllegalStateException("a form");
        };
    }

    /** The whole stream of the target. */
    List<String> events() {
        return switch (this) {
            case CHAT, MESSAGES_ON_CHAT ->
                    stream(
                            List.of(),
                            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word \"}}]}",
                            "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}",
                            USAGE,
                            "[DONE]");
            case COMPLETIONS ->
                    stream(
                            List.of(),
                            "{\"choices\":[{\"index\":0,\"text\":\"word \",\"finish_reason\":null}]}",
                            "{\"choices\":[{\"index\":0,\"text\":\"\",\"finish_reason\":\"stop\"}]}",
                            USAGE,
                            "[DONE]");
            case RESPONSES ->
                    stream(
                            List.of(),
                            "{\"type\":\"response.output_text.delta\",\"delta\":\"word \"}",
                            "{\"type\":\"response.completed\",\"response\":{\"id\":\"r\",\"usage\":"
                                    + "{\"input_tokens\":9,\"output_tokens\":33}}}");
            case SPEECH ->
                    stream(
                            List.of(),
                            "{\"type\":\"speech.audio.delta\",\"audio\":\"d29yZA==\"}",
                            "{\"type\":\"speech.audio.done\"," + MEDIA_USAGE + "}");
            case TRANSCRIPT ->
                    stream(
                            List.of(),
                            "{\"type\":\"transcript.text.delta\",\"delta\":\"word \"}",
                            "{\"type\":\"transcript.text.done\",\"text\":\"word word word\","
                                    + MEDIA_USAGE
                                    + "}");
            case IMAGES ->
                    stream(
                            List.of(),
                            "{\"type\":\"image_generation.partial_image\",\"b64_json\":\"aQ==\"}",
                            "{\"type\":\"image_generation.completed\",\"b64_json\":\"aQ==\","
                                    + MEDIA_USAGE
                                    + "}");
            case MESSAGES, CHAT_ON_MESSAGES, COMPLETIONS_ON_MESSAGES, RESPONSES_ON_MESSAGES ->
                    stream(
                            List.of(
                                    "{\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"type\":"
                                            + "\"message\",\"role\":\"assistant\",\"content\":[],"
                                            + "\"model\":\"gpt\",\"usage\":{\"input_tokens\":9,"
                                            + "\"output_tokens\":1}}}",
                                    "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":"
                                            + "{\"type\":\"text\",\"text\":\"\"}}"),
                            "{\"type\":\"content_block_delta\",\"index\":0,\"delta\":"
                                    + "{\"type\":\"text_delta\",\"text\":\"word \"}}",
                            "{\"type\":\"content_block_stop\",\"index\":0}",
                            "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\","
                                    + "\"stop_sequence\":null},\"usage\":{\"output_tokens\":33}}",
                            "{\"type\":\"message_stop\"}");
        };
    }

    private static List<String> stream(List<String> start, String delta, String... end) {
        var events = new ArrayList<String>();
        start.forEach(data -> events.add(event(data)));
        for (int i = 0; i < DELTAS; i++) {
            events.add(event(delta));
        }
        for (var data : end) {
            events.add(event(data));
        }
        return events;
    }

    private static String event(String data) {
        var type = "{\"type\":\"";
        var name =
                data.startsWith(type)
                        ? "event: "
                                + data.substring(type.length(), data.indexOf('"', type.length()))
                                + "\n"
                        : "";
        return name + "data: " + data + "\n\n";
    }
}
