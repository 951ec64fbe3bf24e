package dev.turnpike.edge.pipeline;

import dev.turnpike.runtime.control.ControlView;
import dev.turnpike.runtime.problem.ErrorCode;
import dev.turnpike.runtime.problem.Problem;
import dev.turnpike.schemas.control.ApiKey;
import dev.turnpike.schemas.control.Endpoint;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.ModelAccess;
import java.util.List;
import java.util.Optional;

/** Finds the endpoint a model name stands for, if the caller may use it. */
public final class Resolve {
    private final ControlView control;

    public Resolve(ControlView control) {
        this.control = control;
    }

    /**
     * The endpoint of {@code model}, or empty: absent and not allowed look the same. Access is what
     * the group itself lists and the host shows; ancestors give limits, not access.
     */
    public Optional<Endpoint> apply(String model, Authenticate.Authenticated who) {
        return who.sight().sees(model) && allowed(model, who.key(), who.group())
                ? control.endpoint(model)
                : Optional.empty();
    }

    /** Every endpoint the caller may use, in the order the group lists them. */
    public List<Endpoint> all(Authenticate.Authenticated who) {
        return who.group().models().stream()
                .map(ModelAccess::slug)
                .flatMap(slug -> apply(slug, who).stream())
                .toList();
    }

    /** What a client is told about a model it cannot use, for whatever reason. */
    public static Problem notFound(String model) {
        var shown = model.length() > 200 ? model.substring(0, 200) : model;
        return Problem.of(
                        ErrorCode.MODEL_NOT_FOUND,
                        "The model `" + shown + "` does not exist or you do not have access to it")
                .withParam("model");
    }

    private static boolean allowed(String model, ApiKey key, Group group) {
        var subset = key.models();
        if (subset != null && !subset.contains(model)) {
            return false;
        }
        for (var access : group.models()) {
            if (access.slug().equals(model) && !model.equals(ModelAccess.ALL_MODELS)) {
                return true;
            }
        }
        return false;
    }
}
