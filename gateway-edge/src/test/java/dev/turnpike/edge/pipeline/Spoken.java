package dev.turnpike.edge.pipeline;

import dev.turnpike.edge.protocol.Incoming;
import dev.turnpike.edge.protocol.IncomingBody;
import dev.turnpike.edge.protocol.MessagesProtocol;
import dev.turnpike.edge.protocol.OpenAiProtocol;
import dev.turnpike.edge.protocol.OpenAiRoute;
import dev.turnpike.edge.protocol.Protocol;
import dev.turnpike.edge.protocol.TargetForm;
import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
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
    MESSAGES_ON_CHAT(MessagesProtocol.messages(), Provider.OPENAI);

    static final int DELTAS = 3;
    static final long PROMPT = 9;
    static final long OUTPUT = 33;

    private static final String CHAT_BODY =
            "\"messages\":[{\"role\":\"user\",\"content\":\"say\"}]";
    private static final String USAGE =
            "{\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":33}}";

    final Provider provider;
    private final Protocol protocol;

    Spoken(Protocol protocol, Provider provider) {
        this.protocol = protocol;
        this.provider = provider;
    }

    /** The request, as a target of {@link #provider} is asked it. */
    TargetForm form() {
        var body = "{\"model\":\"acme/chat\",\"stream\":true," + prompt() + "}";
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        try {
            var content = new IncomingBody.Whole(bytes);
            return protocol.read(new Incoming(content, name -> Optional.empty(), "", null))
                    .form(target(), MoneyRig.terms());
        } catch (BodyFaultException e) {
            throw new AssertionError(e);
        }
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
