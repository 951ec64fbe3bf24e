package dev.turnpike.control.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.turnpike.runtime.http.Json;
import dev.turnpike.schemas.control.EffectiveModel;
import dev.turnpike.schemas.control.Group;
import dev.turnpike.schemas.control.ModelAccess;
import dev.turnpike.schemas.limit.EffectiveLimit;
import dev.turnpike.schemas.limit.Limit;
import dev.turnpike.schemas.limit.LimitType;
import dev.turnpike.schemas.limit.LimitUnit;
import dev.turnpike.schemas.unit.NanoUsd;
import java.util.List;

/** Groups as JSON, with their limits. */
final class GroupView {
    private GroupView() {}

    static ObjectNode of(Group group) {
        var json = Json.object();
        json.put("id", group.id().value());
        json.set("metadata", metadata(group));
        var models = json.putArray("models");
        group.models().forEach(model -> models.add(model(model)));
        var effective = json.putArray("effective_models");
        group.effectiveModels().forEach(model -> effective.add(effective(model)));
        var parent = group.parentGroupId();
        json.putObject("hierarchy")
                .put("limit_enforcement", group.limitEnforcement().name())
                .put("parent_group_id", parent == null ? null : parent.value())
                .put("root_group_id", group.rootGroupId().value())
                .put("level", group.level());
        return Views.stamped(json, group.createdAt(), group.updatedAt(), group.version());
    }

    static ObjectNode metadata(Group group) {
        return Json.object()
                .put("name", group.name())
                .put("external_entity_id", group.externalEntityId());
    }

    private static ObjectNode model(ModelAccess model) {
        var json = Json.object().put("slug", model.slug());
        limits(json.putArray("rate_limits"), model.rateLimits());
        limits(json.putArray("usage_limits"), model.usageLimits());
        return json;
    }

    private static ObjectNode effective(EffectiveModel model) {
        var json = Json.object().put("slug", model.slug());
        effectiveLimits(json.putArray("rate_limits"), model.rateLimits());
        effectiveLimits(json.putArray("usage_limits"), model.usageLimits());
        return json;
    }

    private static void limits(ArrayNode array, List<Limit> limits) {
        for (var limit : limits) {
            put(array.addObject(), limit.type(), limit.unit(), limit.threshold());
        }
    }

    private static void effectiveLimits(ArrayNode array, List<EffectiveLimit> limits) {
        for (var limit : limits) {
            var json = array.addObject();
            put(json, limit.type(), limit.unit(), limit.threshold());
            json.put("source_group", limit.sourceGroup().value());
        }
    }

    private static void put(ObjectNode json, LimitType type, LimitUnit unit, long threshold) {
        json.put("type", type.name());
        json.put("unit", unit.name());
        if (type == LimitType.COST) {
            json.put("threshold", new NanoUsd(threshold).toDecimal());
        } else {
            json.put("threshold", threshold);
        }
    }
}
