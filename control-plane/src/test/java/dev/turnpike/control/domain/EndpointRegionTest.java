package dev.turnpike.control.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.turnpike.control.domain.Command.CreateEndpoint;
import dev.turnpike.control.domain.Command.UpdateEndpoint;
import dev.turnpike.control.domain.Decision.Accepted;
import dev.turnpike.control.domain.Decision.Rejected;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.ErrorDetail;
import dev.turnpike.schemas.control.FailureCharge;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.Target;
import dev.turnpike.schemas.control.Timeouts;
import dev.turnpike.schemas.id.EndpointId;
import dev.turnpike.schemas.id.Slug;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An endpoint whose region none of its targets may serve would refuse every call. */
class EndpointRegionTest {
    private static final EndpointId ID = EndpointId.ofUlid("1".repeat(26));
    private static final Slug SLUG = new Slug("a/b");
    private static final Instant AT = Instant.EPOCH;

    @Test
    void aTargetWithoutARegionCannotServeOneThatIsAskedFor() {
        assertThat(create("EU", target(null))).isEqualTo("targets");
        assertThat(create("EU", target("US"), target(null))).isEqualTo("targets");
    }

    @Test
    void oneTargetInTheRegionIsEnough() {
        assertThat(create("EU", target("US"), target("eu"))).isEmpty();
        assertThat(create("EU", target(Provider.DEMO, null))).isEmpty();
        assertThat(create(Endpoint.UNRESTRICTED, target(null))).isEmpty();
    }

    @Test
    void neitherTargetsNorRegionCanBeChangedIntoThat() {
        var before = endpoint(Endpoint.UNRESTRICTED, target(null));
        var inEurope = endpoint("EU", target("EU"));

        assertThat(update(before, Optional.empty(), Optional.of("EU"))).isEqualTo("targets");
        assertThat(update(inEurope, targets(target("US")), Optional.empty())).isEqualTo("targets");
        assertThat(update(before, targets(target("EU")), Optional.of("EU"))).isEmpty();
    }

    @Test
    void anEndpointOfEarlierDaysCanStillBeChangedOtherwise() {
        var old = endpoint("EU", target(null));

        assertThat(update(old, Optional.empty(), Optional.empty())).isEmpty();
        assertThat(update(old, Optional.empty(), Optional.of(Endpoint.UNRESTRICTED))).isEmpty();
    }

    private static Optional<List<Target>> targets(Target target) {
        return Optional.of(List.of(target));
    }

    private static String create(String region, Target... targets) {
        return faultOf(
                new CreateEndpoint(
                        ID,
                        SLUG,
                        List.of(targets),
                        region,
                        false,
                        FailureCharge.BY_STAGE,
                        ErrorDetail.PROVIDER),
                Image.EMPTY);
    }

    private static String update(
            Endpoint before, Optional<List<Target>> targets, Optional<String> region) {
        return faultOf(
                new UpdateEndpoint(
                        ID,
                        Optional.of(new Slug("a/other")),
                        targets,
                        region,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                Image.EMPTY.with(before));
    }

    private static Endpoint endpoint(String region, Target target) {
        return new Endpoint(ID, SLUG, List.of(target), region, false, AT, AT, 1);
    }

    private static Target target(@Nullable String region) {
        return target(Provider.BASETEN_MODEL_API, region);
    }

    private static Target target(Provider provider, @Nullable String region) {
        return new Target(
                provider, null, "m", null, null, region, 0, 1, Timeouts.DEFAULT, Map.of());
    }

    /** The field that is refused, or nothing. */
    private static String faultOf(Command command, Image image) {
        var ask = new Ask(command, AT, OptionalLong.empty());
        return switch (new Decider(Bounds.DEFAULT).decide(ask, image)) {
            case Accepted _ -> "";
            case Rejected rejected -> rejected.problem().param().orElseThrow();
        };
    }
}
