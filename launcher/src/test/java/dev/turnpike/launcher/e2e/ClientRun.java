package dev.turnpike.launcher.e2e;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.schemas.usage.LedgerEntry;

/**
 * One client against one kind of target.
 *
 * @param client as {@code e2e/clients.mjs} and {@link JavaClients} name it
 * @param target what the provider behind the models speaks
 */
record ClientRun(String client, Target target) {
    /** What a provider speaks. */
    enum Target {
        OPENAI("open"),
        ANTHROPIC("claude");

        private final String prefix;

        Target(String prefix) {
            this.prefix = prefix;
        }

        /** Slug of the model for a use. */
        String slug(String use) {
            return prefix + "/" + use.replace('_', '-');
        }

        /** Prompt tokens that the scripted provider counts for every text. */
        int inputTokens() {
            return this == OPENAI ? 11 : 13;
        }
    }

    String name() {
        return client + " to " + target;
    }

    boolean java() {
        return client.endsWith("-java") || client.endsWith("-java-responses");
    }

    /** Whether the client has OpenAI's errors, and not Anthropic's. */
    boolean openAiErrors() {
        return !client.contains("anthropic");
    }

    /** Whether it is the AI SDK, which has neither vendor's exceptions nor heeds x-should-retry. */
    boolean aiSdk() {
        return client.startsWith("ai-");
    }

    boolean responses() {
        return client.endsWith("-responses");
    }

    /** The external id of its group. */
    String group() {
        return name().replace(' ', '-');
    }

    boolean owns(LedgerEntry entry) {
        return entry.call().caller().externalEntityId().equals(group());
    }

    /** What a run is told, in both languages: the models by their use. */
    ObjectNode plan(String url, String key) {
        var plan = JsonNodeFactory.instance.objectNode();
        plan.put("name", name()).put("client", client).put("url", url).put("key", key);
        var models = plan.putObject("models");
        ClientGateway.USES.forEach(use -> models.put(use.name(), target.slug(use.name())));
        if (target == Target.ANTHROPIC) {
            models.remove("embedding"); // It has no vectors.
        }
        return plan;
    }

    @Override
    public String toString() {
        return name();
    }
}
