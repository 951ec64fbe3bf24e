package dev.turnpike.control.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.control.domain.Command.CreateEndpoint;
import dev.turnpike.schemas.control.Credential;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.ErrorDetail;
import dev.turnpike.schemas.control.FailureCharge;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
import dev.turnpike.schemas.control.VertexConfig;
import dev.turnpike.schemas.id.CredentialId;
import dev.turnpike.schemas.id.EndpointId;
import dev.turnpike.schemas.id.Slug;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which fields each provider's targets need, take and refuse. */
class ProviderFieldsTest {
    private static final CredentialId SECRET = CredentialId.ofUlid("0".repeat(26));

    private enum Field {
        MODEL_ID,
        ENVIRONMENT_NAME,
        VERTEX_CONFIG,
        TARGET_MODEL,
        BASE_URL,
        SECRET_ID
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    void whatAProviderNeedsIsRequiredAndWhatItDoesNotTakeIsRefused(Provider provider) {
        var needed = needed(provider);
        var taken = taken(provider);
        assertThat(faultOf(provider, needed)).isEmpty();
        assertThat(faultOf(provider, taken)).isEmpty();
        for (var field : Field.values()) {
            var with = EnumSet.copyOf(taken);
            var without = EnumSet.noneOf(Field.class);
            without.addAll(needed);
            if (with.add(field)) {
                assertThat(faultOf(provider, with)).isEqualTo(name(field));
            }
            if (without.remove(field)) {
                assertThat(faultOf(provider, without)).isEqualTo(name(field));
            }
        }
    }

    @Test
    void anAddressStandsInForTheConfigurationOfVertex() {
        var fields = EnumSet.of(Field.BASE_URL, Field.TARGET_MODEL, Field.SECRET_ID);

        assertThat(faultOf(Provider.VERTEX, fields)).isEmpty();
    }

    private static Set<Field> needed(Provider provider) {
        return switch (provider) {
            case OPENAI, ANTHROPIC -> Set.of(Field.TARGET_MODEL, Field.SECRET_ID);
            case OPENAI_COMPATIBLE -> Set.of(Field.TARGET_MODEL, Field.BASE_URL);
            case BASETEN -> Set.of(Field.MODEL_ID);
            case BASETEN_MODEL_API, DEMO -> Set.of();
            case VERTEX -> Set.of(Field.VERTEX_CONFIG, Field.TARGET_MODEL, Field.SECRET_ID);
        };
    }

    private static Set<Field> taken(Provider provider) {
        var usual = EnumSet.of(Field.TARGET_MODEL, Field.BASE_URL, Field.SECRET_ID);
        switch (provider) {
            case OPENAI, ANTHROPIC, OPENAI_COMPATIBLE, BASETEN_MODEL_API -> {}
            case BASETEN -> usual.addAll(Set.of(Field.MODEL_ID, Field.ENVIRONMENT_NAME));
            case VERTEX -> usual.add(Field.VERTEX_CONFIG);
            case DEMO -> usual.removeAll(Set.of(Field.BASE_URL, Field.SECRET_ID));
        }
        return usual;
    }

    private static String name(Field field) {
        return "targets[0]." + field.name().toLowerCase(Locale.ROOT);
    }

    /** The field that is refused, or nothing when the endpoint is made. */
    private static String faultOf(Provider provider, Set<Field> fields) {
        var target =
                new Target(
                        provider,
                        fields.contains(Field.MODEL_ID) ? "m" : null,
                        fields.contains(Field.TARGET_MODEL) ? "m" : null,
                        fields.contains(Field.BASE_URL) ? "https://a.example/v1" : null,
                        fields.contains(Field.SECRET_ID) ? SECRET : null,
                        null,
                        0,
                        1,
                        Timeouts.DEFAULT,
                        Map.of(),
                        fields.contains(Field.ENVIRONMENT_NAME) ? "staging" : null,
                        fields.contains(Field.VERTEX_CONFIG) ? new VertexConfig("p", "eu") : null);
        var command =
                new CreateEndpoint(
                        EndpointId.ofUlid("1".repeat(26)),
                        new Slug("a/b"),
                        List.of(target),
                        Endpoint.UNRESTRICTED,
                        false,
                        FailureCharge.BY_STAGE,
                        ErrorDetail.PROVIDER);
        var at = Instant.EPOCH;
        var credential = new Credential(SECRET, "n", null, new byte[0], "f", at, at, 1);
        var decision =
                new Decider(Bounds.DEFAULT)
                        .decide(
                                new Ask(command, at, OptionalLong.empty()),
                                Image.EMPTY.with(credential));
        return switch (decision) {
            case Decision.Accepted _ -> "";
            case Decision.Rejected rejected -> rejected.problem().param().orElseThrow();
        };
    }
}
