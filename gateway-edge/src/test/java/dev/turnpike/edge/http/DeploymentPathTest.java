package dev.turnpike.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class DeploymentPathTest {
    private static final List<String> OPERATIONS =
            List.of("/completions", "/chat/completions", "/embeddings");

    @Test
    void theModelMayBeWrittenPlainOrEncoded() {
        for (var raw : List.of("acme/gpt/chat/completions", "acme%2Fgpt/chat/completions/")) {
            assertThat(DeploymentPath.parse(raw, OPERATIONS))
                    .contains(new DeploymentPath("acme/gpt", "/chat/completions"));
        }
    }

    @Test
    void aModelThatIsNamedLikeAnOperationIsStillAModel() {
        assertThat(DeploymentPath.parse("acme/chat/completions", OPERATIONS))
                .contains(new DeploymentPath("acme/chat", "/completions"));
        assertThat(DeploymentPath.parse("acme/chat/chat/completions", OPERATIONS))
                .contains(new DeploymentPath("acme/chat", "/chat/completions"));
    }

    @Test
    void anythingElseIsNoSuchPath() {
        for (var raw : List.of("", "acme/gpt", "acme/gpt/nothing", "acme%2Fgpt/x", "/embeddings")) {
            assertThat(DeploymentPath.parse(raw, OPERATIONS)).as(raw).isEmpty();
        }
    }
}
