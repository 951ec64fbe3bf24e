package dev.turnpike.edge.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.turnpike.runtime.outbound.InvalidUrlException;
import dev.turnpike.runtime.outbound.OutboundUrl;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
import dev.turnpike.schemas.control.VertexConfig;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UpstreamAddressTest {
    private final UpstreamAddress addresses = new UpstreamAddress(OutboundUrl.Policy.HTTPS_ONLY);

    @Test
    void aModelWithAHostOfItsOwnIsCalledThereInItsEnvironment() throws InvalidUrlException {
        var production = target(Provider.BASETEN, "abc123", null, null);
        var staging = target(Provider.BASETEN, "abc123", "staging", null);

        assertThat(url(production))
                .isEqualTo("model-abc123.api.baseten.co/environments/production/sync/v1/x");
        assertThat(url(staging))
                .isEqualTo("model-abc123.api.baseten.co/environments/staging/sync/v1/x");
    }

    @Test
    void projectAndLocationGiveTheAddress() throws InvalidUrlException {
        var eu = target(Provider.VERTEX, null, null, new VertexConfig("acme", "europe-west4"));
        var global = target(Provider.VERTEX, null, null, new VertexConfig("acme", "global"));

        assertThat(url(eu))
                .isEqualTo(
                        "europe-west4-aiplatform.googleapis.com/v1/projects/acme/locations"
                                + "/europe-west4/endpoints/openapi/x");
        assertThat(url(global))
                .isEqualTo(
                        "aiplatform.googleapis.com/v1/projects/acme/locations/global/endpoints"
                                + "/openapi/x");
    }

    /**
     * Else one customer, asking for stored responses, would take the memory or the places of all.
     */
    @Test
    void onlyPathsOfRoutesAreKept() throws InvalidUrlException {
        var target = target(Provider.BASETEN, "abc123", null, null);
        var route = addresses.of(target, "/chat/completions");
        var stored = "/responses/resp_0123456789abcdef?include=" + "x".repeat(2_000) + "&n=";

        for (int n = 0; n < 100; n++) {
            addresses.of(target, stored + n);
        }

        assertThat(addresses.of(target, "/chat/completions")).isSameAs(route);
        assertThat(addresses.of(target, stored + 1)).isNotSameAs(addresses.of(target, stored + 1));
    }

    @Test
    void aTargetWithoutAnyAddressIsRefused() {
        var nowhere = target(Provider.VERTEX, null, null, null);

        assertThatThrownBy(() -> url(nowhere)).isInstanceOf(InvalidUrlException.class);
    }

    private String url(Target target) throws InvalidUrlException {
        var place = addresses.of(target, "/x");
        return place.origin().host() + place.path();
    }

    private static Target target(
            Provider provider,
            @Nullable String modelId,
            @Nullable String environment,
            @Nullable VertexConfig vertex) {
        return new Target(
                provider,
                modelId,
                "m",
                null,
                null,
                null,
                0,
                1,
                Timeouts.DEFAULT,
                Map.of(),
                environment,
                vertex);
    }
}
