package dev.turnpike.control.domain;

import dev.turnpike.control.domain.Command.CreateEndpoint;
import dev.turnpike.control.domain.Command.UpdateEndpoint;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.Provider;
import dev.turnpike.schemas.control.ResourceKind;
import dev.turnpike.schemas.control.Target;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What holds for endpoints and their targets. */
final class EndpointRules {
    /** Targets of one endpoint. */
    static final int TARGETS_MAX = 8;

    private static final Decision UNSERVED = Decision.reject(Rule.REGION_UNSERVED, "targets");

    private EndpointRules() {}

    static Decision create(CreateEndpoint c, Ask ask, Image image, Bounds bounds) {
        var same = image.endpoint(c.id().value());
        if (same.isPresent()) {
            return Decision.unchanged(same.get());
        }
        if (image.count(Listing.all(ResourceKind.ENDPOINT)) >= bounds.endpointsMax()) {
            return Decision.full("An installation", bounds.endpointsMax(), "endpoints");
        }
        if (image.endpointOfSlug(c.slug().value()).isPresent()) {
            return Decision.reject(Rule.SLUG_TAKEN, "slug");
        }
        if (!PrefixRules.allowed(c.slug().prefix(), image)) {
            return Decision.reject(Rule.PREFIX_UNKNOWN, "slug");
        }
        var broken = check(c.targets(), image);
        if (broken.isPresent()) {
            return broken.get();
        }
        var made =
                new Endpoint(
                        c.id(),
                        c.slug(),
                        c.targets(),
                        c.region(),
                        c.forwardMetadata(),
                        ask.at(),
                        ask.at(),
                        1,
                        c.failureCharge(),
                        c.errorDetail());
        return unserved(made) ? UNSERVED : Decision.one(FactDraft.created(made));
    }

    /** Every call of it would be refused, which nobody can mean. */
    private static boolean unserved(Endpoint endpoint) {
        return endpoint.targets().stream().noneMatch(endpoint::admits);
    }

    static Decision update(UpdateEndpoint c, Ask ask, Image image) {
        return Decider.existing(
                image.endpoint(c.id().value()), ask, before -> update(c, ask, image, before));
    }

    private static Decision update(UpdateEndpoint c, Ask ask, Image image, Endpoint before) {
        var slug = c.slug().orElse(before.slug());
        var owner = image.endpointOfSlug(slug.value());
        if (owner.isPresent() && !owner.get().id().equals(before.id())) {
            return Decision.reject(Rule.SLUG_TAKEN, "slug");
        }
        if (!slug.equals(before.slug()) && !PrefixRules.allowed(slug.prefix(), image)) {
            return Decision.reject(Rule.PREFIX_UNKNOWN, "slug");
        }
        var broken = c.targets().flatMap(targets -> check(targets, image));
        if (broken.isPresent()) {
            return broken.get();
        }
        var same =
                new Endpoint(
                        before.id(),
                        slug,
                        c.targets().orElse(before.targets()),
                        c.region().orElse(before.region()),
                        c.forwardMetadata().orElse(before.forwardMetadata()),
                        before.createdAt(),
                        before.updatedAt(),
                        before.version(),
                        c.failureCharge().orElse(before.failureCharge()),
                        c.errorDetail().orElse(before.errorDetail()));
        // One of earlier days can still be renamed.
        if ((c.targets().isPresent() || c.region().isPresent()) && unserved(same)) {
            return UNSERVED;
        }
        var after =
                new Endpoint(
                        same.id(),
                        same.slug(),
                        same.targets(),
                        same.region(),
                        same.forwardMetadata(),
                        same.createdAt(),
                        ask.at(),
                        before.version() + 1,
                        same.failureCharge(),
                        same.errorDetail());
        return Decider.changed(before, same, after);
    }

    private static Optional<Decision> check(List<Target> targets, Image image) {
        if (targets.isEmpty() || targets.size() > TARGETS_MAX) {
            return Optional.of(Decision.reject(Rule.TARGET_COUNT, "targets"));
        }
        var seen = new HashSet<Target>();
        for (int i = 0; i < targets.size(); i++) {
            var target = targets.get(i);
            var at = "targets[" + i + "]";
            if (!seen.add(target)) {
                return Optional.of(Decision.reject(Rule.TARGET_TWICE, at));
            }
            var broken = fields(target, at).or(() -> credential(target, at, image));
            if (broken.isPresent()) {
                return broken;
            }
        }
        return Optional.empty();
    }

    private static Optional<Decision> credential(Target target, String at, Image image) {
        var secret = target.secretId();
        return secret == null || image.credential(secret.value()).isPresent()
                ? Optional.empty()
                : Optional.of(Decision.reject(Rule.CREDENTIAL_UNKNOWN, at + ".secret_id"));
    }

    private static Optional<Decision> fields(Target target, String at) {
        var provider = target.provider();
        return field(modelId(provider), target.modelId(), at + ".model_id")
                .or(() ->
                        field(
                                environment(provider),
                                target.environmentName(),
                                at + ".environment_name"))
                .or(() -> field(vertex(target), target.vertex(), at + ".vertex_config"))
                .or(() -> field(model(provider), target.targetModel(), at + ".target_model"))
                .or(() -> field(baseUrl(provider), target.baseUrl(), at + ".base_url"))
                .or(() -> field(secret(provider), target.secretId(), at + ".secret_id"));
    }

    private enum Need {
        REQUIRED,
        OPTIONAL,
        UNFIT
    }

    private static Optional<Decision> field(Need need, @Nullable Object value, String at) {
        return switch (need) {
            case REQUIRED ->
                    value == null
                            ? Optional.of(Decision.reject(Rule.TARGET_FIELD_MISSING, at))
                            : Optional.empty();
            case UNFIT ->
                    value != null
                            ? Optional.of(Decision.reject(Rule.TARGET_FIELD_UNFIT, at))
                            : Optional.empty();
            case OPTIONAL -> Optional.empty();
        };
    }

    private static Need modelId(Provider provider) {
        return provider == Provider.BASETEN ? Need.REQUIRED : Need.UNFIT;
    }

    private static Need environment(Provider provider) {
        return provider == Provider.BASETEN ? Need.OPTIONAL : Need.UNFIT;
    }

    /** Project and location give the address, so one that is given can do without them. */
    private static Need vertex(Target target) {
        if (target.provider() != Provider.VERTEX) {
            return Need.UNFIT;
        }
        return target.baseUrl() == null ? Need.REQUIRED : Need.OPTIONAL;
    }

    private static Need model(Provider provider) {
        return switch (provider) {
            case OPENAI, ANTHROPIC, OPENAI_COMPATIBLE, VERTEX -> Need.REQUIRED;
            case BASETEN, BASETEN_MODEL_API, DEMO -> Need.OPTIONAL;
        };
    }

    private static Need baseUrl(Provider provider) {
        return switch (provider) {
            case OPENAI_COMPATIBLE -> Need.REQUIRED;
            case OPENAI, ANTHROPIC, BASETEN, BASETEN_MODEL_API, VERTEX -> Need.OPTIONAL;
            case DEMO -> Need.UNFIT;
        };
    }

    private static Need secret(Provider provider) {
        return switch (provider) {
            case OPENAI, ANTHROPIC, VERTEX -> Need.REQUIRED;
            case OPENAI_COMPATIBLE, BASETEN, BASETEN_MODEL_API -> Need.OPTIONAL;
            case DEMO -> Need.UNFIT;
        };
    }
}
