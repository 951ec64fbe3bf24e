package dev.turnpike.control.http;

import dev.turnpike.control.domain.Command.CreateEndpoint;
import dev.turnpike.control.domain.Command.DeleteEndpoint;
import dev.turnpike.control.domain.Command.UpdateEndpoint;
import dev.turnpike.control.domain.Listing;
import dev.turnpike.control.log.Answer;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.ErrorDetail;
import dev.turnpike.schemas.control.FailureCharge;
import dev.turnpike.schemas.control.ResourceKind;
import dev.turnpike.schemas.id.EndpointId;
import dev.turnpike.schemas.id.Slug;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code /endpoints}. */
final class EndpointRoutes {

    private static final Pattern REGION = Pattern.compile("[A-Z][A-Z0-9_-]{0,31}");
    private static final int SLUG_MAX = 201;

    private final Lists lists;
    private final TargetFields targets;

    EndpointRoutes(Lists lists, Urls urls) {
        this.lists = lists;
        this.targets = new TargetFields(urls);
    }

    List<Route> routes() {
        return List.of(
                Route.post("/endpoints", Operation.WRITE_ENDPOINTS, this::create),
                Route.list("/endpoints", Operation.READ_ENDPOINTS, this::list),
                Route.get("/endpoints/{endpoint_id}", Operation.READ_ENDPOINTS, this::read),
                Route.patch("/endpoints/{endpoint_id}", Operation.WRITE_ENDPOINTS, this::update),
                Route.delete("/endpoints/{endpoint_id}", Operation.WRITE_ENDPOINTS, this::delete));
    }

    private Reply list(Reading reading) {
        return lists.page(reading, Listing.all(ResourceKind.ENDPOINT));
    }

    private Reply read(Reading reading) {
        var endpoint =
                reading.image()
                        .endpoint(reading.path().apply("endpoint_id"))
                        .orElseThrow(Reading::absent);
        return Reply.of(Views.of(endpoint), endpoint);
    }

    private Change create(Asking asking) {
        var body = asking.body();
        var command =
                new CreateEndpoint(
                        EndpointId.ofUlid(asking.draws().ulid()),
                        slug(body).orElseThrow(() -> body.missing("slug")),
                        targets.read(body).orElseThrow(() -> body.missing("targets")),
                        region(body).orElse(Endpoint.UNRESTRICTED),
                        body.optionalBool("forward_metadata").orElse(false),
                        failureCharge(body).orElse(FailureCharge.BY_STAGE),
                        errorDetail(body).orElse(ErrorDetail.PROVIDER));
        return Change.of(command, EndpointRoutes::reply);
    }

    private Change update(Asking asking) {
        var body = asking.body();
        var command =
                new UpdateEndpoint(
                        id(asking),
                        slug(body),
                        targets.read(body),
                        region(body),
                        body.optionalBool("forward_metadata"),
                        failureCharge(body),
                        errorDetail(body));
        body.doneWith(
                command.slug().isPresent()
                        || command.targets().isPresent()
                        || command.region().isPresent()
                        || command.forwardMetadata().isPresent()
                        || command.failureCharge().isPresent()
                        || command.errorDetail().isPresent(),
                "slug",
                "or another field");
        return Change.of(command, EndpointRoutes::reply);
    }

    private Change delete(Asking asking) {
        return Change.of(
                new DeleteEndpoint(id(asking)),
                done -> {
                    var endpoint = (Endpoint) Objects.requireNonNull(done.subject());
                    return Reply.of(
                            Json.object()
                                    .put("id", endpoint.id().value())
                                    .put("slug", endpoint.slug().value()));
                });
    }

    private static Reply reply(Answer.Done done) {
        var resource = Objects.requireNonNull(done.subject());
        return Reply.of(Views.of(resource), resource);
    }

    private static EndpointId id(Asking asking) {
        return EndpointId.parse(asking.path().apply("endpoint_id")).orElseThrow(Reading::absent);
    }

    private static Optional<Slug> slug(Fields body) {
        return body.optionalText("slug", 1, SLUG_MAX)
                .map(text ->
                        Slug.parse(text)
                                .orElseThrow(() ->
                                        body.wrong("slug", "must have the form prefix/name")));
    }

    private static Optional<FailureCharge> failureCharge(Fields body) {
        return body.oneOfLowerCase("failure_charge", FailureCharge.class);
    }

    private static Optional<ErrorDetail> errorDetail(Fields body) {
        return body.oneOfLowerCase("error_detail", ErrorDetail.class);
    }

    private static Optional<String> region(Fields body) {
        return body.optionalText("region", 1, 32)
                .filter(text -> {
                    if (!REGION.matcher(text).matches()) {
                        throw body.wrong("region", "must be UNRESTRICTED or a code such as EU");
                    }
                    return true;
                });
    }
}
