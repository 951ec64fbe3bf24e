package dev.turnpike.edge.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.edge.wire.BodyFaultException;
import dev.turnpike.edge.wire.ErrorBody;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TranslatedFormTest {
    private static final Target CHATS =
            new Target(
                    Provider.OPENAI_COMPATIBLE,
                    null,
                    "up",
                    null,
                    null,
                    null,
                    0,
                    1,
                    Timeouts.DEFAULT,
                    Map.of());

    private static final StoredIds NOTHING_STORED =
            new StoredIds() {
                @Override
                public String shown(String targetId) {
                    return targetId;
                }

                @Override
                public Optional<String> known(String shownId) {
                    return Optional.empty();
                }
            };

    @Test
    void anErrorDoesNotPointIntoTheBodyThatOnlyTheTargetSaw() throws BodyFaultException {
        var asked =
                "{\"model\":\"acme/chat\",\"max_tokens\":9,\"system\":\"be kind\","
                        + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
        var error =
                "{\"error\":{\"message\":\"content is too long\",\"param\":\"messages[1].content\","
                        + "\"code\":\"string_above_max_length\"}}";

        var shown = error(form(asked), error);

        assertThat(shown.message()).isEqualTo("content is too long");
        assertThat(shown.code()).isEqualTo("string_above_max_length");
        assertThat(shown.param()).isNull();
    }

    private static TargetForm form(String asked) throws BodyFaultException {
        var content = new IncomingBody.Whole(asked.getBytes(StandardCharsets.UTF_8));
        return MessagesProtocol.messages()
                .read(new Incoming(content, name -> Optional.empty(), "", null))
                .form(CHATS, new TargetTerms("up", false, Set.of(), NOTHING_STORED));
    }

    private static ErrorBody error(TargetForm form, String error) {
        var bytes = error.getBytes(StandardCharsets.UTF_8);
        var view = new AnswerView("acme/chat", "up", "1", 7);
        return form.error(400, bytes, bytes.length, view).body();
    }
}
