package dev.turnpike.control.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.turnpike.runtime.problem.ProblemException;
import dev.turnpike.schemas.control.ModelAccess;
import dev.turnpike.schemas.id.Slug;
import dev.turnpike.schemas.limit.Limit;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.unit.NanoUsd;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the {@code models} of a group. */
final class LimitFields {
    /** Slugs of one group. */
    static final int MODELS_MAX = 1_000;

    /**
     * Limits of one group over all of its slugs. With what five levels inherit, a change (the group
     * before and after) stays well below the largest record.
     */
    static final int LIMITS_IN_ALL_MAX = 2_000;

    private static final int LIMITS_MAX = 32;
    private static final int SLUG_MAX = 201;
    private static final int DECIMAL_LENGTH_MAX = 32;

    /** As other languages read it too: digits of ASCII on both sides of the point. */
    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]+(?:\\.[0-9]{1,9})?");

    /** 1e99999999 is short, but expanding it is not. */
    private static final int SCALE_MAX = 18;

    private LimitFields() {}

    /** The models of {@code body}. */
    static Optional<List<ModelAccess>> read(Fields body) {
        return body.optionalObjects("models", MODELS_MAX)
                .map(objects -> objects.stream().map(LimitFields::model).toList())
                .map(models -> bounded(body, models));
    }

    private static List<ModelAccess> bounded(Fields body, List<ModelAccess> models) {
        int limits = 0;
        for (var model : models) {
            limits += model.rateLimits().size() + model.usageLimits().size();
        }
        if (limits > LIMITS_IN_ALL_MAX) {
            throw body.wrong("models", "must have at most " + LIMITS_IN_ALL_MAX + " limits in all");
        }
        return models;
    }

    private static ModelAccess model(Fields fields) {
        var slug = fields.text("slug", 1, SLUG_MAX);
        if (!slug.equals(ModelAccess.ALL_MODELS) && Slug.parse(slug).isEmpty()) {
            throw fields.wrong("slug", "must have the form prefix/name, or be *");
        }
        return new ModelAccess(slug, limits(fields, "rate_limits"), limits(fields, "usage_limits"));
    }

    private static List<Limit> limits(Fields fields, String name) {
        return fields.optionalObjects(name, LIMITS_MAX).orElse(List.of()).stream()
                .map(LimitFields::limit)
                .toList();
    }

    private static Limit limit(Fields fields) {
        var type = fields.oneOf("type", LimitType.class).orElseThrow(() -> fields.missing("type"));
        var unit = fields.oneOf("unit", LimitUnit.class).orElseThrow(() -> fields.missing("unit"));
        var value = fields.find("threshold").orElseThrow(() -> fields.missing("threshold"));
        return new Limit(
                type, unit, type == LimitType.COST ? cost(fields, value) : count(fields, value));
    }

    private static long count(Fields fields, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
            throw fields.wrong("threshold", "must be a whole number, zero or more");
        }
        return value.longValue();
    }

    private static long cost(Fields fields, JsonNode value) {
        return dollars(value)
                .filter(amount -> amount.value() >= 0)
                .orElseThrow(() -> wrongCost(fields))
                .value();
    }

    /** US dollars as number or decimal text; empty when it is no amount of nano-dollars. */
    static Optional<NanoUsd> dollars(JsonNode value) {
        var text = value.isTextual() ? value.textValue() : value.isNumber() ? value.asText() : "";
        boolean odd = value.isTextual() && !DECIMAL.matcher(text).matches();
        try {
            var decimal = new BigDecimal(odd || text.length() > DECIMAL_LENGTH_MAX ? "" : text);
            return decimal.scale() >= -SCALE_MAX
                    ? Optional.of(NanoUsd.ofDecimal(decimal))
                    : Optional.empty();
        } catch (ArithmeticException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static ProblemException wrongCost(Fields fields) {
        return fields.wrong(
                "threshold", "must be US dollars, zero or more, with at most nine decimal places");
    }
}
